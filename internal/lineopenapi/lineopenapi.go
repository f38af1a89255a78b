// Package lineopenapi lets tests hold JSON against LINE's own OpenAPI documents.
package lineopenapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// folder finds the documents: IPPO_LINE_OPENAPI, or line-openapi in the folder shared beside the repository.
func folder(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("IPPO_LINE_OPENAPI"); dir != "" {
		return dir
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(root) == root {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(root, "..", "shared", "line-openapi")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("LINE's OpenAPI documents are not here; set IPPO_LINE_OPENAPI to a checkout of github.com/line/line-openapi")
	}
	return dir
}

// Load reads one of the documents, such as messaging-api.yml. The test is skipped where there are none.
func Load(t testing.TB, name string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder(t), name))
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil // match by path: the two hosts are one here
	for _, item := range doc.Paths.Map() {
		item.Servers = nil
		for _, operation := range item.Operations() {
			operation.Servers = nil
		}
	}
	if err := doc.Validate(t.Context(), openapi3.DisableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// Problems says where a JSON body is not as a schema describes it: deeply, through discriminators, which the validator
// takes no notice of, and for members that LINE does not know.
func Problems(doc *openapi3.T, schema *openapi3.SchemaRef, body []byte) []string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []string{err.Error()}
	}
	d := deep{doc: doc}
	d.visit(schema.Value, v, "$")
	return d.problems
}

type deep struct {
	doc      *openapi3.T
	problems []string
}

func (d *deep) visit(schema *openapi3.Schema, v any, at string) {
	schema = d.concrete(schema, v)
	if err := schema.VisitJSON(v); err != nil {
		d.problems = append(d.problems, fmt.Sprintf("%s: %v", at, err))
	}
	switch v := v.(type) {
	case map[string]any:
		properties := make(openapi3.Schemas)
		open := gather(schema, properties)
		for name, member := range v {
			here := at + "." + name
			switch property := properties[name]; {
			case property != nil && member != nil:
				d.visit(property.Value, member, here)
			case property == nil && !open:
				d.problems = append(d.problems, here+" is unknown to LINE")
			}
		}
	case []any:
		if schema.Items != nil {
			for i, item := range v {
				d.visit(schema.Items.Value, item, fmt.Sprintf("%s[%d]", at, i))
			}
		}
	}
}

// concrete follows a discriminator to the schema of the value's own type.
func (d *deep) concrete(schema *openapi3.Schema, v any) *openapi3.Schema {
	object, is := v.(map[string]any)
	if schema.Discriminator == nil || !is {
		return schema
	}
	kind, _ := object[schema.Discriminator.PropertyName].(string)
	ref, known := schema.Discriminator.Mapping[kind]
	if !known {
		return schema
	}
	return d.doc.Components.Schemas[ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]].Value
}

// gather collects the properties of a schema and of all it is made of; open says that others are welcome.
func gather(schema *openapi3.Schema, into openapi3.Schemas) (open bool) {
	maps.Copy(into, schema.Properties)
	open = schema.AdditionalProperties.Schema != nil || len(schema.Properties)+len(schema.AllOf) == 0
	for _, part := range schema.AllOf {
		gather(part.Value, into)
	}
	return open
}
