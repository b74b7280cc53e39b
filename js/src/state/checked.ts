// Values from a file or a message, brought within bounds where they enter the page: a brush of 1e29 pixels would never
// end, and a contrast that is no number shows nothing.
import { SETTING_BOUNDS } from "../kernel/generated/tables";
import { DEFAULTS, type Settings } from "./feature";
import type { Display } from "./tomogram";

/** Largest number of the graphics card. */
const LARGEST_FLOAT = 3.4e38;

const BOUNDS: Partial<Record<keyof Settings, readonly [number, number]>> = SETTING_BOUNDS;

export function checkedSetting<Name extends keyof Settings>(name: Name, value: unknown): Settings[Name] {
  const bounds = BOUNDS[name];
  if (!bounds) return value as Settings[Name];
  const number = typeof value === "number" && !Number.isNaN(value) ? value : (DEFAULTS[name] as number);
  return Math.min(bounds[1], Math.max(bounds[0], number)) as Settings[Name];
}

export function checkedSettings(settings: Settings): Settings {
  const found = { ...DEFAULTS, ...settings };
  for (const name of Object.keys(BOUNDS) as (keyof Settings)[])
    Object.assign(found, { [name]: checkedSetting(name, found[name]) });
  return found;
}

function allFinite(values: readonly unknown[] | null | undefined, count: number): boolean {
  return (
    values?.length === count &&
    values.every((value) => typeof value === "number" && Math.abs(value) <= LARGEST_FLOAT)
  );
}

/** What cannot be shown is left out, as if nothing were remembered of it. */
export function checkedDisplay(display: Display): Display {
  const { slice, cursor, camera, contrast, ...rest } = display;
  return {
    ...rest,
    ...(allFinite([slice], 1) && { slice: Math.round(slice!) }),
    ...(allFinite(cursor, 2) && { cursor }),
    ...(allFinite(camera, 3) && camera![2] > 0 && { camera }),
    ...(allFinite(contrast, 2) && { contrast }),
  };
}
