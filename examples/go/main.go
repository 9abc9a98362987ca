// Reads entries over gRPC, goes on where a connection broke, and checks that each entry balances.
//
//	go run . -target localhost:50051 -count 1000
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"reader/synth"
)

//go:generate ./generate.sh

const tries = 8

func main() {
	target := flag.String("target", "localhost:50051", "address of the server")
	count := flag.Int64("count", 1000, "entries of the stream")
	flag.Parse()

	connection, err := grpc.NewClient(*target, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()

	var entries, lines, unbalanced int
	err = read(synth.NewSynthServiceClient(connection), *count, func(entry *synth.Entry) {
		if entries == 0 {
			show(entry)
		}
		entries++
		lines += len(entry.Lines)
		if balance(entry) != 0 {
			unbalanced++
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d entries, %d lines, %d entries out of balance\n", entries, lines, unbalanced)
}

// read calls take with every entry once, also if the connection breaks in between.
func read(client synth.SynthServiceClient, count int64, take func(*synth.Entry)) error {
	first := int64(0)
	for failed := 0; ; failed++ {
		before := first
		err := readFrom(client, count, &first, take)
		if first > before {
			failed = 0
		}
		if err == nil || status.Code(err) != codes.Unavailable || failed == tries {
			return err
		}
		log.Printf("again from entry %d: %v", first, err)
		time.Sleep(100 * time.Millisecond << failed)
	}
}

// readFrom reads one connection's worth of entries, and moves first behind the last of them.
func readFrom(client synth.SynthServiceClient, count int64, first *int64, take func(*synth.Entry)) error {
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-first", strconv.FormatInt(*first, 10))
	if key := os.Getenv("DATASYNTH_API_KEY"); key != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-api-key", key)
	}
	stream, err := client.StartGeneration(ctx, &synth.GenerationRequest{Count: &count})
	if err != nil {
		return err
	}
	for {
		entry, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		take(entry)
		*first++
	}
}

// balance is the sum of an entry's debits less its credits, in minor units: whole numbers do not round.
func balance(entry *synth.Entry) (sum int64) {
	for _, line := range entry.Lines {
		sum += minor(line.Debit) - minor(line.Credit)
	}
	return sum
}

func minor(amount string) int64 {
	units, err := strconv.ParseInt(strings.Replace(amount, ".", "", 1), 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	return units
}

func show(entry *synth.Entry) {
	fmt.Println(entry.PostingDate, entry.CompanyCode, entry.DocumentId)
	for _, line := range entry.Lines {
		fmt.Printf("    %s %12s %12s\n", line.Account, line.Debit, line.Credit)
	}
}
