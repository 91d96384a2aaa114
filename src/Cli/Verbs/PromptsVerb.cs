using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using Reflux.Cli.Output;
using Reflux.Client;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;

namespace Reflux.Cli.Verbs;

/// <summary>`reflux prompts`: live traffic from the command line.</summary>
internal static class PromptsVerb
{
    private const int BatchSize = 32;

    public static Command Create() => new("prompts", """
        Send live prompts to a lane.

        Examples:
          reflux prompts send support "My invoice is wrong"
          reflux prompts send support --file prompts.jsonl
          cat prompts.jsonl | reflux prompts send support

        A line of JSONL is {"text": "…", "key": "optional idempotency key"}.
        """) { Send() };

    private static Command Send()
    {
        var lane = new Argument<string>("lane");
        var text = new Argument<string?>("text") { Description = "One prompt; without it, JSONL from --file or standard input.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string?>("--key") { Description = "Idempotency key of the one prompt." };
        var file = new Option<FileInfo?>("--file") { Description = "JSONL file." };
        var server = CommonOptions.Server();
        var json = CommonOptions.Json();
        var command = new Command("send", "Send one prompt, a JSONL file, or JSONL from standard input.") { lane, text, key, file, server, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(text) is not null && result.GetValue(file) is not null)
            {
                result.AddError("name either a prompt or --file");
            }
        });
        command.SetAction((parsed, cancellation) => CommonOptions.WithClientAsync(parsed.GetValue(server), async client =>
        {
            var prompts = parsed.GetValue(text) is { } one ? One(one, parsed.GetValue(key)) : ReadAsync(parsed.GetValue(file), cancellation);
            var sent = await SendAllAsync(client, parsed.GetRequiredValue(lane), prompts, cancellation);
            if (parsed.GetValue(json))
            {
                Printer.Json(sent);
            }
            else
            {
                Console.Out.WriteLine($"{sent.Accepted.Count} accepted");
            }
        }));
        return command;
    }

    /// <summary>Sends everything, in batches. The answer is one, whatever the number of batches.</summary>
    private static async Task<PromptsAccepted> SendAllAsync(RefluxClient client, string lane, IAsyncEnumerable<PromptInput> prompts, CancellationToken cancellation)
    {
        var accepted = new List<AcceptedPrompt>();
        var durability = "";
        try
        {
            await foreach (var batch in prompts.Select(Keyed).Chunk(BatchSize).WithCancellation(cancellation))
            {
                var answer = await SendPatientlyAsync(client, lane, batch, cancellation);
                accepted.AddRange(answer.Accepted);
                durability = answer.Durability;
            }
        }
        catch when (accepted.Count > 0)
        {
            Console.Error.WriteLine($"reflux: {accepted.Count} prompts had been accepted before this:");
            throw;
        }

        return accepted.Count > 0
            ? new PromptsAccepted(accepted, durability)
            : throw new RefluxException(ErrorCodes.EmptyBatch, "there was no prompt in the input", "give a prompt, or JSONL with one object a line");
    }

    // a batch may be refused in part and is then sent again whole: without a key, what had been accepted would be trained twice
    private static PromptInput Keyed(PromptInput prompt) => prompt.Key is null ? prompt with { Key = $"{Guid.NewGuid():N}" } : prompt;

    /// <summary>Sends one batch of prompts with keys; under back-pressure waits as long as the server asks, and goes on.</summary>
    internal static async Task<PromptsAccepted> SendPatientlyAsync(RefluxClient client, string lane, IReadOnlyList<PromptInput> batch, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await client.SendPromptsAsync(lane, batch, cancellation);
            }
            catch (RefluxApiException busy) when (busy.Status == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(busy.RetryAfter ?? TimeSpan.FromSeconds(1), cancellation);
            }
        }
    }

    private static async IAsyncEnumerable<PromptInput> One(string text, string? key)
    {
        await Task.CompletedTask;
        yield return new PromptInput(text, key);
    }

    private static async IAsyncEnumerable<PromptInput> ReadAsync(FileInfo? file, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (file is { Exists: false })
        {
            throw new RefluxException(ErrorCodes.InvalidRequest, $"{file.FullName} does not exist", "name a JSONL file");
        }

        var name = file?.FullName ?? "standard input";
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        using var reader = new StreamReader(file?.OpenRead() ?? Console.OpenStandardInput(), strict);
        for (var number = 1; await ReadLineAsync(reader, name, number, cancellation) is { } line; number++)
        {
            if (line.Length > 0)
            {
                yield return Parse(line, name, number);
            }
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, string name, int number, CancellationToken cancellation)
    {
        try
        {
            // a read of the console can't be cancelled, so Ctrl-C leaves it behind
            return await Task.Run(() => reader.ReadLineAsync(cancellation).AsTask(), cancellation).WaitAsync(cancellation);
        }
        catch (DecoderFallbackException)
        {
            throw new RefluxException(ErrorCodes.InvalidEncoding, $"{name} is not UTF-8 near line {number}", "convert it to UTF-8");
        }
    }

    private static PromptInput Parse(string line, string name, int number)
    {
        try
        {
            return JsonSerializer.Deserialize<PromptInput>(line, RefluxJson.Options) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // the parser's own message may quote the line, and a prompt's text belongs in no message
            throw new RefluxException(ErrorCodes.MalformedJson, $"{name}, line {number} is not {{\"text\": …, \"key\": …}}", "write one JSON object a line; prompts before this line may have been accepted");
        }
    }
}
