// Counts the programs that are started, by name.

#include "bpf.h"

// The name of a program, as the kernel has it.
struct event {
	char comm[16];
};

struct {
	int (*type)[BPF_MAP_TYPE_HASH];
	int (*max_entries)[1024];
	struct event *key;
	__u64 *value;
} counts SEC(".maps");

// bpf2go writes a Go type for what it finds in the debugging information.
const struct event *unused __attribute__((unused));

SEC("tracepoint/sched/sched_process_exec")
int count_exec(void *context)
{
	struct event event = {};
	__u64 one = 1, *count;

	bpf_get_current_comm(event.comm, sizeof(event.comm));
	count = bpf_map_lookup_elem(&counts, &event);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &event, &one, BPF_ANY);
	return 0;
}

char _license[] SEC("license") = "Dual MIT/GPL";
