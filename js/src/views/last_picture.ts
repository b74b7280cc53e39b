// While the main view's slice is on its way, the picture of the last one stays for a moment: else scrolling would flicker.
import type { Viewer } from "../state/viewer";
import type { Slice } from "../volume/slice";

/** Milliseconds that the last picture stays. */
const KEEP = 250;

export class LastPicture {
  private overdue: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private viewer: Pick<Viewer, "loading" | "tomogram" | "position" | "shownZ">,
    /** Called when the last picture has stayed long enough. */
    private giveUp: () => void,
  ) {}

  /** Whether the last picture stays, given the slice that is to be shown; `shownUid` is the tomogram of the picture. */
  stays(slice: Slice | undefined, shownUid: string): boolean {
    const { loading, tomogram, position, shownZ } = this.viewer;
    const current = tomogram.peek();
    const waits = !slice && current?.info.peek().available === true;
    if (!waits) {
      clearTimeout(this.overdue);
      loading.value = "no";
    } else if (loading.peek() === "no") {
      loading.value = "yes";
      this.overdue = setTimeout(() => {
        loading.value = "slow";
        this.giveUp();
      }, KEEP);
    }
    const stays = loading.peek() === "yes" && shownUid === (current?.uid ?? "");
    if (!stays) shownZ.value = position.peek().z;
    return stays;
  }

  close(): void {
    clearTimeout(this.overdue);
  }
}
