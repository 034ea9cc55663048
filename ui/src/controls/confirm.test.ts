import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { confirm } from './confirm.svelte';
import ConfirmHost from './ConfirmHost.svelte';

const question = {
  title: 'Delete “Ana”?',
  text: 'This cannot be undone.',
  action: 'Delete profile',
  danger: true,
};

describe('asking before what cannot be undone', () => {
  it('goes ahead only after the name was typed', async () => {
    const user = userEvent.setup();
    render(ConfirmHost);
    const answer = confirm({ ...question, typed: 'Ana' });
    const go = await screen.findByRole('button', { name: 'Delete profile' });
    expect((go as HTMLButtonElement).disabled).toBe(true);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('textbox')));
    await user.keyboard('Ana');
    await user.click(go);
    await expect(answer).resolves.toBe(true);
  });

  it('takes Escape for a no', async () => {
    const user = userEvent.setup();
    render(ConfirmHost);
    const answer = confirm(question);
    await screen.findByRole('alertdialog');
    await user.keyboard('{Escape}');
    await expect(answer).resolves.toBe(false);
  });
});
