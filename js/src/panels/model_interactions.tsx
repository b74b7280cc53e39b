// How one model is kept near, or away from, what others find. Interactions act in the order of the whole list.
import type { JSX } from "preact";
import { INTERACTION_DEFAULTS } from "../kernel/generated/tables";
import type { Interaction, ModelSet, ModelState } from "../state/model_set";
import { Labeled, Slider } from "./controls";
import { Menu } from "./menu";

/** Largest radius of the slider, in Å. */
const MOST = 300;

interface Props {
  model: ModelState;
  models: Pick<ModelSet, "models" | "interactions" | "setInteractions">;
}

export function ModelInteractions({ model, models }: Props): JSX.Element | null {
  const { title } = model.values.value;
  const all = models.interactions.value;
  const partners = models.models.value
    .filter((other) => other !== model)
    .map((other) => other.values.value.title);
  if (partners.length === 0) return null;
  const put = (index: number, change: Partial<Interaction>, dragged = false) =>
    models.setInteractions(
      all.map((one, i) => (i === index ? { ...one, ...change } : one)),
      dragged,
    );
  const move = (index: number, by: number) => {
    const others = all.filter((_, i) => i !== index);
    others.splice(index + by, 0, all[index]);
    models.setInteractions(others);
  };
  const fresh: Interaction = { parent: title, partner: partners[0], ...INTERACTION_DEFAULTS };
  return (
    <div class="ais-interactions">
      {all.map((one, index) =>
        one.parent !== title ? null : (
          <fieldset key={index} aria-label={`Interaction ${index + 1}`}>
            <div class="ais-interaction-head">
              <select
                class="ais-select"
                aria-label="Kind of interaction"
                value={one.kind}
                onChange={(event) => put(index, { kind: event.currentTarget.value as Interaction["kind"] })}
              >
                <option value="colocalize">Colocalize</option>
                <option value="avoid">Avoid</option>
              </select>
              <select
                class="ais-select"
                aria-label="Partner"
                value={one.partner}
                onChange={(event) => put(index, { partner: event.currentTarget.value })}
              >
                {[...new Set([...partners, one.partner])].map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
              <Menu
                name={`Menu of interaction ${index + 1}`}
                items={[
                  { label: "Apply earlier", disabled: index === 0, onClick: () => move(index, -1) },
                  { label: "Apply later", disabled: index === all.length - 1, onClick: () => move(index, 1) },
                  {
                    label: "Remove interaction",
                    onClick: () => models.setInteractions(all.filter((_, i) => i !== index)),
                    danger: true,
                  },
                ]}
              />
            </div>
            <Labeled label="Radius" value={`${(one.radius / 10).toFixed(1)} nm`}>
              <Slider
                name="Radius of interaction"
                value={one.radius}
                min={0}
                max={Math.max(MOST, one.radius)}
                step={5}
                onInput={(radius) => put(index, { radius }, true)}
              />
            </Labeled>
            <Labeled label="Above" value={one.threshold.toFixed(2)}>
              <Slider
                name="Threshold of the partner"
                value={one.threshold}
                min={0}
                max={1}
                step={0.01}
                onInput={(threshold) => put(index, { threshold }, true)}
              />
            </Labeled>
          </fieldset>
        ),
      )}
      <button
        type="button"
        class="ais-link"
        title="Keep this model near, or away from, what another model finds"
        onClick={() => models.setInteractions([...all, fresh])}
      >
        Add interaction
      </button>
    </div>
  );
}
