// Package cluster knows the pods that Kubernetes runs on the agent's node.
package cluster

import (
	"errors"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// ErrNoCluster is returned where nothing says how to reach a cluster.
var ErrNoCluster = errors.New("no kubeconfig given, and not run in a pod")

// NewClient makes a client for the cluster of a kubeconfig file, or if that is empty for the cluster
// that the agent runs in. It makes no request, so a cluster that is down is no error.
func NewClient(kubeconfig, userAgent string) (kubernetes.Interface, error) {
	config, err := loadConfig(kubeconfig)
	if errors.Is(err, rest.ErrNotInCluster) {
		return nil, ErrNoCluster
	}
	if err != nil {
		return nil, err
	}
	config.UserAgent = userAgent
	return kubernetes.NewForConfig(config)
}

func loadConfig(kubeconfig string) (*rest.Config, error) {
	if kubeconfig == "" {
		return rest.InClusterConfig()
	}
	return clientcmd.BuildConfigFromFlags("", kubeconfig)
}
