package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"
)

// drainTime is how long requests that are under way may take once the agent is told to stop.
const drainTime = 5 * time.Second

// serveHTTP serves until ctx is done.
func serveHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		stopped <- server.Shutdown(drain)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// serveGRPC serves until ctx is done. A client that watches the health service never ends its call,
// so what is still open after drainTime is cut off.
func serveGRPC(ctx context.Context, listener net.Listener, server *grpc.Server) error {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		force := time.AfterFunc(drainTime, server.Stop)
		defer force.Stop()
		server.GracefulStop()
	}()
	// ErrServerStopped: ctx was done before Serve began.
	if err := server.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	<-stopped
	return nil
}
