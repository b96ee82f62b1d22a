package status

import (
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

func TestSchemaDescribesTheServiceThatIsServed(t *testing.T) {
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(serviceName)
	if err != nil {
		t.Fatal(err)
	}
	described := found.(protoreflect.ServiceDescriptor).Methods()
	if described.Len() != len(serviceDesc.Methods) {
		t.Errorf("%d methods described, %d served", described.Len(), len(serviceDesc.Methods))
	}
	for _, method := range serviceDesc.Methods {
		if described.ByName(protoreflect.Name(method.MethodName)) == nil {
			t.Errorf("%s is served but not described", method.MethodName)
		}
	}
}
