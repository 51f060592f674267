/** What is known of a metric, in the words of Prometheus's metadata. */
export interface MetricMetadata {
  type: 'gauge' | 'counter';
  help: string;
  unit: string;
}

const gauge = (help: string, unit = ''): MetricMetadata => ({ type: 'gauge', help, unit });
const counter = (help: string, unit = ''): MetricMetadata => ({ type: 'counter', help, unit });

/** What the collector measures. Every series has the label `instance`, the name of the machine. */
export const hostMetrics: ReadonlyMap<string, MetricMetadata> = new Map([
  ['scm_host_cpu_usage_ratio', gauge('Share of all processors that was busy.', 'ratio')],
  ['scm_host_cpu_mode_ratio', gauge('Share of all processors spent in a mode.', 'ratio')],
  ['scm_host_cpu_count', gauge('Number of processors.')],
  ['scm_host_memory_total_bytes', gauge('Memory of the machine.', 'bytes')],
  ['scm_host_memory_available_bytes', gauge('Memory that programs could still get.', 'bytes')],
  ['scm_host_memory_used_bytes', gauge('Memory that is not available.', 'bytes')],
  ['scm_host_memory_cached_bytes', gauge('Memory that holds copies of files.', 'bytes')],
  ['scm_host_swap_total_bytes', gauge('Swap space of the machine.', 'bytes')],
  ['scm_host_swap_used_bytes', gauge('Swap space in use.', 'bytes')],
  ['scm_host_load1', gauge('Mean number of running processes over 1 minute.')],
  ['scm_host_load5', gauge('Mean number of running processes over 5 minutes.')],
  ['scm_host_load15', gauge('Mean number of running processes over 15 minutes.')],
  ['scm_host_uptime_seconds', gauge('Time since the machine started.', 'seconds')],
  ['scm_host_disk_total_bytes', gauge('Size of a file system.', 'bytes')],
  ['scm_host_disk_used_bytes', gauge('Space in use on a file system.', 'bytes')],
  ['scm_host_disk_available_bytes', gauge('Space that programs could still get on a file system.', 'bytes')],
  ['scm_host_disk_read_bytes_total', counter('Bytes read from a disk.', 'bytes')],
  ['scm_host_disk_written_bytes_total', counter('Bytes written to a disk.', 'bytes')],
  ['scm_host_network_receive_bytes_total', counter('Bytes received by a network device.', 'bytes')],
  ['scm_host_network_transmit_bytes_total', counter('Bytes sent by a network device.', 'bytes')],
  ['scm_host_network_receive_packets_total', counter('Packets received by a network device.')],
  ['scm_host_network_transmit_packets_total', counter('Packets sent by a network device.')],
  ['scm_host_process_cpu_usage_ratio', gauge('Processors a process used; 1 is one processor.', 'ratio')],
  ['scm_host_process_memory_bytes', gauge('Memory a process holds.', 'bytes')],
]);
