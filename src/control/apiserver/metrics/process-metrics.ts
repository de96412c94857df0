import { readdirSync, readFileSync } from "node:fs";
import { singleMetric, type MetricFamily } from "../../../std/metrics.ts";

/** What Prometheus' clients tell of their process. `startedAt` in epoch milliseconds. */
export function processMetrics(startedAt: number): MetricFamily[] {
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return [
    singleMetric("process_cpu_seconds_total", "counter", "CPU time of the process in seconds, all threads.", cpuSeconds),
    singleMetric("process_resident_memory_bytes", "gauge", "Resident memory in bytes.", () => process.memoryUsage.rss()),
    singleMetric("process_virtual_memory_bytes", "gauge", "Virtual memory in bytes.", () => virtualBytes()),
    singleMetric("process_start_time_seconds", "gauge", "When the process started, since the epoch.", () => startedAt / 1000),
    singleMetric("process_open_fds", "gauge", "Open file descriptors.", () => ofSystem(() => readdirSync("/proc/self/fd").length)),
    singleMetric("process_max_fds", "gauge", "How many file descriptors may be open.", () => maxDescriptors()),
    singleMetric("nodejs_heap_size_used_bytes", "gauge", "Used heap of the main thread.", () => process.memoryUsage().heapUsed),
  ];
}

/** Only Linux tells. */
function ofSystem(read: () => number): number | undefined {
  try {
    const value = read();
    return Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function virtualBytes(): number | undefined {
  return ofSystem(() => 1024 * Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]));
}

function maxDescriptors(): number | undefined {
  return ofSystem(() => Number(/^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]));
}
