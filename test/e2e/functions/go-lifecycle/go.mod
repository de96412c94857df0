module example.com/own/name

go 1.18
