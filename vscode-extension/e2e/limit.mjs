/** How long, in milliseconds, anything is waited for: of no use as a measure, only against waiting for ever. */
export const LIMIT = Number(process.env.RATEML_E2E_LIMIT ?? 120) * 1000;
