//go:build ignore

// Prints what the Go files below a directory declare at package level, as Go's own parser sees it:
// one line per file with its path, and the kinds and names of its declarations.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	err := filepath.WalkDir(os.Args[1], func(path string, entry fs.DirEntry, err error) error {
		if entry.IsDir() && path == filepath.Join(os.Args[1], "cmd") {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			fmt.Println(strings.Join(append([]string{path}, declared(file)...), " "))
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
}

func declared(file *ast.File) (names []string) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				names = append(names, "func:"+decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, "type:"+spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, decl.Tok.String()+":"+name.Name)
					}
				}
			}
		}
	}
	return names
}
