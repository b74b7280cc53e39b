// The whole annotator on a fake kernel: `npm run dev`, no Jupyter needed.
import { renderWorkspace } from "../src/apps/workspace";
import { stagesOf, Workbench } from "../src/state/workbench";
import { FakeKernel } from "./fake_kernel";
import "../src/styles/index.css";

const kernel = new FakeKernel([
  {
    name: "waves",
    shape: [64, 300, 400],
    voxel_size: 10,
    value: (z, y, x) => 128 + 60 * Math.sin(x / 17) * Math.cos(y / 13) + 40 * Math.sin(z / 7 + x / 40),
  },
  {
    name: "balls",
    shape: [80, 256, 256],
    voxel_size: 13.5,
    value: (z, y, x) => {
      const distance = Math.hypot((x % 64) - 32, (y % 64) - 32, (z % 40) - 20);
      return (
        150 - 90 * Math.exp(-((distance - 14) ** 2) / 12) + 20 * Math.sin(12.9898 * x + 78.233 * y + 37.7 * z)
      );
    },
  },
]);

const bench = new Workbench(kernel.connect());
void bench.open();
const stages = stagesOf(["annotate"], "annotate");
renderWorkspace(bench, stages, document.getElementById("annotator")!);
