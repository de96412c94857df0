/** Numbers for Prometheus: families of samples, and the text format 0.0.4 that its servers read. */
export interface MetricFamily {
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  samples(): Iterable<MetricSample>;
}

export interface MetricSample {
  /** After the family's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

export type Labels = Readonly<Record<string, string>>;

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A histogram of one set of labels. Observing costs a search through the bounds and no allocation. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** Of each bound alone, and one for what is above all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** `bounds` are upper bounds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] as number)) index += 1;
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#sum += value;
  }

  /** Buckets count what is in them or below. */
  *samples(labels: Labels): Iterable<MetricSample> {
    let count = 0;
    for (const [index, bound] of [...this.#bounds, Infinity].entries()) {
      count += this.#counts[index] as number;
      yield { suffix: "_bucket", labels: { ...labels, le: numberText(bound) }, value: count };
    }
    yield { suffix: "_sum", labels, value: this.#sum };
    yield { suffix: "_count", labels, value: count };
  }
}

/** The text of all families, one by one; those without samples are left out. */
export function metricsText(families: Iterable<MetricFamily>): string {
  const lines: string[] = [];
  for (const { name, help, type, samples } of families) {
    const own = Array.from(samples(), (sample) => sampleLine(name, sample));
    if (own.length > 0) lines.push(`# HELP ${name} ${helpText(help)}`, `# TYPE ${name} ${type}`, ...own);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** A family of one number without labels. */
export function singleMetric(name: string, type: "counter" | "gauge", help: string, value: () => number | undefined): MetricFamily {
  const samples = () => {
    const now = value();
    return now === undefined ? [] : [{ labels: {}, value: now }];
  };
  return { name, type, help, samples };
}

function sampleLine(name: string, { suffix = "", labels, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${labelText(text)}"`);
  return `${name}${suffix}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function numberText(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}

function helpText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function labelText(text: string): string {
  return helpText(text).replaceAll('"', '\\"');
}
