/** The contract with the window's own platform, as one script for the page; `contract.test.js` runs it. */
import { contract, Stage } from '../src/contract';
import { tauri } from '../src/platform/tauri';

const MOMENT_MS = 100;

export const names = contract.map(({ name }) => name);

let stage;

/** Makes the library that the steps work on. */
export async function set(films, notes) {
  const moment = () => new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
  stage = await Stage.set({ platform: tauri, films, notes, moment });
}

/** Runs one step. */
export function keep(name) {
  return contract.find((step) => step.name === name).holds(stage);
}
