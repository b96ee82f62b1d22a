package status

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	schemaFile  = "agent/v1/status.proto"
	packageName = "agent.v1"
	serviceName = packageName + ".Status"
	methodName  = "GetReport"
	fullMethod  = "/" + serviceName + "/" + methodName
)

// Registering the schema is what lets the reflection service describe the Status service to clients
// such as grpcurl. protoc would have written the same for
//
//	service Status {
//	  rpc GetReport(google.protobuf.Empty) returns (google.protobuf.Struct);
//	}
//
// but the service uses well-known types only, and so the build needs no code generator.
func init() {
	empty := (&emptypb.Empty{}).ProtoReflect().Descriptor()
	object := (&structpb.Struct{}).ProtoReflect().Descriptor()
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:       proto.String(schemaFile),
		Syntax:     proto.String("proto3"),
		Package:    proto.String(packageName),
		Dependency: []string{empty.ParentFile().Path(), object.ParentFile().Path()},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name: proto.String("Status"),
			Method: []*descriptorpb.MethodDescriptorProto{{
				Name:       proto.String(methodName),
				InputType:  proto.String("." + string(empty.FullName())),
				OutputType: proto.String("." + string(object.FullName())),
			}},
		}},
	}, protoregistry.GlobalFiles)
	if err == nil {
		err = protoregistry.GlobalFiles.RegisterFile(file)
	}
	if err != nil {
		panic(err) // The schema is a constant: it is right or the program is wrong.
	}
}
