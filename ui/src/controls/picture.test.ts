import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Picture from './Picture.svelte';

describe('a picture', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked for once more when it could not be had, then given up with a mark', async () => {
    render(Picture, { src: '/thumb', alt: 'Highlight 1' });
    const first = screen.getByRole('img');
    await fireEvent.error(first);
    vi.advanceTimersByTime(2_000);
    await tick();
    const second = screen.getByRole('img');
    expect(second).not.toBe(first);
    await fireEvent.error(second);
    expect(screen.getByRole('img', { name: 'Highlight 1' }).tagName.toLowerCase()).toBe('svg');
  });
});
