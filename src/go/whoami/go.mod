module example.com/whoami

go 1.25.0
