/** The only door to the shapes of the HTTP interface: screens import their types from here. */
export type * from './contract.ts';
