using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Reflux.Contracts;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Contracts.Identity;
using Reflux.Tests.Support;

namespace Reflux.Cli.Tests;

[Collection("console")]
public sealed class PromptsVerbTests : IDisposable
{
    private static readonly Position Somewhere = new(new LogId(Guid.Empty, 0), 0);
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task A_batch_that_is_sent_again_has_the_keys_that_it_had()
    {
        await using var server = await FakeServer.StartAsync((context, request) => request == 1 ? PushBackAsync(context) : AcceptAsync(context, 3));

        var (code, output, _) = await CommandLine.RunAsync(
            "prompts", "send", "support", "--server", server.Address, "--file", await FileAsync("{\"text\":\"a\"}", "{\"text\":\"a\"}", "{\"text\":\"b\",\"key\":\"mine\"}"));

        Assert.Equal((ExitCodes.Done, "3 accepted"), (code, output.Trim()));
        var keys = Keys(server);
        Assert.Equal(2, keys.Count);
        Assert.Equal(keys[0], keys[1]);
        Assert.Equal("mine", keys[0][2]);
        Assert.Equal(3, keys[0].Distinct().Count());
        Assert.DoesNotContain(null, keys[0]);
    }

    [Fact]
    public async Task One_prompt_that_is_sent_again_has_the_key_that_it_had()
    {
        await using var server = await FakeServer.StartAsync((context, request) => request == 1 ? PushBackAsync(context) : AcceptAsync(context, 1));

        var (code, _, _) = await CommandLine.RunAsync("prompts", "send", "support", "hello", "--server", server.Address);

        Assert.Equal(ExitCodes.Done, code);
        var keys = Keys(server);
        Assert.Equal(keys[0], keys[1]);
        Assert.NotNull(keys[0][0]);
    }

    [Fact]
    public async Task Json_is_one_document_however_many_batches()
    {
        await using var server = await FakeServer.StartAsync((context, request) => AcceptAsync(context, request == 1 ? 32 : 8));

        var (code, output, _) = await CommandLine.RunAsync(
            "prompts", "send", "support", "--json", "--server", server.Address, "--file", await FileAsync([.. Enumerable.Repeat("{\"text\":\"a\"}", 40)]));

        Assert.Equal((ExitCodes.Done, 2), (code, server.Bodies.Count));
        var accepted = JsonSerializer.Deserialize<PromptsAccepted>(output, RefluxJson.Options)!;
        Assert.Equal((40, "memory"), (accepted.Accepted.Count, accepted.Durability));
    }

    [Fact]
    public async Task A_failure_half_way_says_what_had_been_accepted()
    {
        await using var server = await FakeServer.StartAsync((context, _) => AcceptAsync(context, 32));

        var (code, output, errors) = await CommandLine.RunAsync(
            "prompts", "send", "support", "--server", server.Address, "--file", await FileAsync([.. Enumerable.Repeat("{\"text\":\"a\"}", 40), "oops"]));

        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains("32 prompts had been accepted", errors, StringComparison.Ordinal);
        Assert.Contains("line 41", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sample_prompts_are_what_send_reads()
    {
        var (_, prompts, _) = await CommandLine.RunAsync("sample", "prompts", "--count", "5");
        await using var server = await FakeServer.StartAsync((context, _) => AcceptAsync(context, 5));

        var (code, _, _) = await CommandLine.RunAsync("prompts", "send", "support", "--server", server.Address, "--file", await FileAsync(prompts));

        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal(5, Assert.Single(Keys(server)).Distinct().Count());
        Assert.Equal(prompts, (await CommandLine.RunAsync("sample", "prompts", "--count", "5", "--seed", "1", "--line", "kitchen")).Output);
        Assert.NotEqual(prompts, (await CommandLine.RunAsync("sample", "prompts", "--count", "5", "--line", "network")).Output);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task PushBackAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = "0";
        await context.Response.WriteAsync($"{{\"code\":\"{ErrorCodes.BackPressure}\",\"detail\":\"busy\",\"remedy\":\"later\"}}");
    }

    private static async Task AcceptAsync(HttpContext context, int count)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsync(JsonSerializer.Serialize(
            new PromptsAccepted([.. Enumerable.Range(0, count).Select(_ => new AcceptedPrompt(Id128.Random(), Somewhere))], "memory"), RefluxJson.Options));
    }

    private static List<List<string?>> Keys(FakeServer server) =>
        [.. server.Bodies.Select(body => JsonSerializer.Deserialize<PromptsRequest>(body, RefluxJson.Options)!.Prompts.Select(prompt => prompt.Key).ToList())];

    private async Task<string> FileAsync(params string[] lines)
    {
        var path = _directory.File("prompts.jsonl");
        await File.WriteAllLinesAsync(path, lines);
        return path;
    }
}
