package cluster

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"example.com/agent/internal/report"
)

// Pods keeps a copy of the node's pods, which the cluster updates.
type Pods struct {
	informer cache.SharedIndexInformer
	lister   listers.PodLister
}

// NewPods watches the pods of one node. The server does the selection: were each agent of a large
// cluster to receive every pod, the agents would be the API server's heaviest load.
func NewPods(client kubernetes.Interface, node string) *Pods {
	onNode := fields.OneTermEqualSelector("spec.nodeName", node).String()
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0,
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.FieldSelector = onNode }),
		informers.WithTransform(slim))
	pods := factory.Core().V1().Pods()
	return &Pods{informer: pods.Informer(), lister: pods.Lister()}
}

// slim drops what is never read and is often larger than the rest of the object.
func slim(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields = nil
		pod.Annotations = nil
	}
	return object, nil
}

// Start keeps the copy up to date until ctx is done, and does not wait for it. While the API server
// refuses connections the informer sleeps between two attempts, in the end for half a minute, and
// does not look at ctx meanwhile: an agent that waited for it could not be stopped in time.
func (p *Pods) Start(ctx context.Context) {
	go p.informer.RunWithContext(ctx)
}

// WaitForSync waits for the first complete answer; false means that ctx was done before.
func (p *Pods) WaitForSync(ctx context.Context) bool {
	return cache.WaitForCacheSync(ctx.Done(), p.informer.HasSynced)
}

// Summary sums up the pods, or returns nil before the first complete answer: half a list would read
// as a node that has lost its pods.
func (p *Pods) Summary() *report.Pods {
	if !p.informer.HasSynced() {
		return nil
	}
	// A lister reads the copy in memory; it has no error to return for a plain selector.
	pods, _ := p.lister.List(labels.Everything())
	return summarize(pods)
}

func summarize(pods []*corev1.Pod) *report.Pods {
	summary := &report.Pods{ByPhase: map[string]int{}}
	for _, pod := range pods {
		summary.ByPhase[string(pod.Status.Phase)]++
		for _, container := range pod.Status.ContainerStatuses {
			summary.Restarts += int(container.RestartCount)
		}
	}
	return summary
}
