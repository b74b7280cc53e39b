declare module "virtual:golden-filters" {
  interface Golden {
    image: { height: number; width: number; values: number[] };
    cases: {
      file: string;
      filters: { type: string; param: number; weight: number }[];
      autocontrast: [number, number];
      hist_bins_first_last: [number, number];
      hist_log_counts: number[];
      result: number[];
    }[];
  }
  const golden: Golden | null;
  export default golden;
}
