package main

func target() ([]interface{}, interface{}) { return nil, nil }
