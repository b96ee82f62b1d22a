// Agent prints what it would watch.
package main

import "os"

func main() {
	println("watching", len(os.Args)-1, "paths")
}
