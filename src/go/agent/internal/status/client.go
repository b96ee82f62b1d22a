package status

import (
	"context"
	"encoding/json"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/agent/internal/report"
)

// GetReport asks the agent at the other end of a connection for its report.
func GetReport(ctx context.Context, conn grpc.ClientConnInterface) (report.Report, error) {
	message := new(structpb.Struct)
	if err := conn.Invoke(ctx, fullMethod, new(emptypb.Empty), message); err != nil {
		return report.Report{}, err
	}
	text, err := message.MarshalJSON()
	if err != nil {
		return report.Report{}, err
	}
	var r report.Report
	return r, json.Unmarshal(text, &r)
}
