// Command siteserver serves the embedded site over HTTP.
//
//	siteserver [-addr host:port]
//	siteserver -check
//
// The binary is all that a server needs: the pages, templates and static files are embedded in it
// (internal/assets), rendered when it starts (internal/render), and served from memory. -check stops
// after that step, so that a container image can be tested without opening a port.
//
// Its siblings read the same embedded site: siteexport writes it to a directory and sitecheck looks
// for broken links.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/site/internal/memlimit"
	"example.com/site/internal/render"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

// drainTime is how long requests that are under way may take once the server is told to stop.
const drainTime = 10 * time.Second

func main() {
	addr := flag.String("addr", "localhost:8080", "listen on this `host:port`")
	check := flag.Bool("check", false, "render all pages and exit")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println(version)
		return
	}

	site, err := render.Embedded()
	if err != nil {
		fatal(err)
	}
	if *check {
		fmt.Printf("%d files are fine\n", len(site.Names()))
		return
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, newHandler(site)); err != nil {
		fatal(err)
	}
}

// serve answers requests until ctx is done, and then finishes those that it has begun.
func serve(ctx context.Context, addr string, handler http.Handler) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	// The address is logged as it came out: with port 0 the kernel has chosen one.
	slog.Info("serving", "addr", listener.Addr().String(), "version", version, "memory_limit", memlimit.Set())

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
	return <-stopped // Serve returns as Shutdown begins, not when it is done.
}

func fatal(err error) {
	fmt.Fprintf(os.Stderr, "siteserver: %v\n", err)
	os.Exit(1)
}
