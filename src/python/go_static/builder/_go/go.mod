module builder

go 1.21
