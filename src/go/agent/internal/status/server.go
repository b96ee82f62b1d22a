// Package status is the agent's gRPC interface: the Status service, which returns the report, and
// the standard services for health, reflection and channelz, which come with grpc-go.
package status

import (
	"context"
	"encoding/json"

	"google.golang.org/grpc"
	channelz "google.golang.org/grpc/channelz/service"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/agent/internal/report"
)

// ClusterHealth is the name under which the health service says whether the node's pods are known.
// The empty name, which is the default of health checkers, stands for the agent itself.
const ClusterHealth = "cluster"

// NewServer makes a server of all services. The health of the agent itself is SERVING at once; the
// cluster's is NOT_SERVING until the caller changes it.
func NewServer(source report.Source) (*grpc.Server, *health.Server) {
	server := grpc.NewServer()
	server.RegisterService(&serviceDesc, statusServer{source})

	checker := health.NewServer()
	checker.SetServingStatus(ClusterHealth, grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	grpc_health_v1.RegisterHealthServer(server, checker)

	channelz.RegisterChannelzServiceToServer(server)
	reflection.Register(server)
	return server, checker
}

// reporter is what an implementation of the Status service has to offer.
type reporter interface {
	report() (*structpb.Struct, error)
}

// statusServer implements the Status service.
type statusServer struct {
	source report.Source
}

func (s statusServer) report() (*structpb.Struct, error) { return encode(s.source()) }

// serviceDesc ties the method's name to its implementation; see schema.go for its types.
var serviceDesc = grpc.ServiceDesc{
	ServiceName: serviceName,
	HandlerType: (*reporter)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: methodName, Handler: handleGetReport}},
	Metadata:    schemaFile,
}

// handleGetReport has the form that grpc asks for. There is no interceptor to call: NewServer
// installs none.
func handleGetReport(
	server any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor,
) (any, error) {
	if err := decode(new(emptypb.Empty)); err != nil {
		return nil, err
	}
	return server.(reporter).report()
}

// encode goes by way of JSON, so that a report has one set of field names on every interface.
func encode(r report.Report) (*structpb.Struct, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	message := new(structpb.Struct)
	return message, message.UnmarshalJSON(text)
}
