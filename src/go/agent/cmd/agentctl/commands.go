package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"

	"example.com/agent/internal/status"
)

func printReport(ctx context.Context, conn grpc.ClientConnInterface, out io.Writer) error {
	report, err := status.GetReport(ctx, conn)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

// checkHealth asks for the health of the agent itself: were it to depend on the cluster's, an API
// server that is down would restart the agents of all nodes.
func checkHealth(ctx context.Context, conn grpc.ClientConnInterface, out io.Writer) error {
	request := &grpc_health_v1.HealthCheckRequest{}
	response, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, request)
	if err != nil {
		return err
	}
	if response.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("the agent is %v", response.Status)
	}
	_, err = fmt.Fprintln(out, response.Status)
	return err
}

func listServices(ctx context.Context, conn grpc.ClientConnInterface, out io.Writer) error {
	stream, err := grpc_reflection_v1.NewServerReflectionClient(conn).ServerReflectionInfo(ctx)
	if err != nil {
		return err
	}
	request := &grpc_reflection_v1.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1.ServerReflectionRequest_ListServices{},
	}
	if err := stream.Send(request); err != nil {
		return err
	}
	response, err := stream.Recv()
	if err != nil {
		return err
	}
	for _, service := range response.GetListServicesResponse().GetService() {
		fmt.Fprintln(out, service.Name)
	}
	return stream.CloseSend()
}
