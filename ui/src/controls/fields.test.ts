import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import NumberField from './NumberField.svelte';
import Segmented from './Segmented.svelte';
import Select from './Select.svelte';
import TextField from './TextField.svelte';

describe('a text field', () => {
  it('tells of what was meant when Enter is pressed or the field is left, once', async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(TextField, { label: 'Name', value: 'Old', onchange });
    const field = screen.getByLabelText('Name');
    await user.type(field, ' name');
    expect(onchange).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    await user.tab();
    expect(onchange.mock.calls).toEqual([['Old name']]);
  });
});

describe('a number field', () => {
  it('refuses what lies outside, says the limits, and keeps the number', async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(NumberField, { label: 'How many', value: 5, min: 1, max: 50, onchange });
    const field = screen.getByRole('spinbutton', { name: 'How many' });
    await user.clear(field);
    await user.type(field, '51');
    expect(screen.getByRole('alert').textContent).toContain('1 to 50');
    await user.tab();
    expect(onchange).not.toHaveBeenCalled();
    expect((field as HTMLInputElement).value).toBe('5');
  });

  it('steps with the arrow keys, up to its limit', async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    render(NumberField, { label: 'How many', value: 49, min: 1, max: 50, onchange });
    await user.click(screen.getByRole('spinbutton'));
    await user.keyboard('{ArrowUp}{ArrowUp}');
    expect(onchange.mock.calls).toEqual([[50]]);
  });
});

describe('a row of choices', () => {
  it('is gone through with the arrow keys and is one stop for the tab key', async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    const options = [
      { value: 1, label: 'One' },
      { value: 2, label: 'Two' },
      { value: 3, label: 'Three' },
    ];
    render(Segmented<number>, { label: 'Count', value: 1, options, onchange });
    await user.tab();
    expect(document.activeElement).toBe(screen.getByRole('radio', { name: 'One' }));
    await user.keyboard('{ArrowLeft}');
    expect(onchange.mock.calls).toEqual([[3]]);
    expect(document.activeElement).toBe(screen.getByRole('radio', { name: 'Three' }));
  });
});

describe('a list to choose from', () => {
  it('takes values of any kind, null as well', async () => {
    const user = userEvent.setup();
    const onchange = vi.fn();
    const options = [
      { value: null, label: 'Any' },
      { value: 'picked', label: 'Picked' },
    ];
    render(Select<string | null>, { label: 'Flag', value: 'picked', options, onchange });
    await user.click(screen.getByRole('combobox', { name: 'Flag' }));
    await user.click(await screen.findByRole('option', { name: 'Any' }));
    expect(onchange.mock.calls).toEqual([[null]]);
  });
});
