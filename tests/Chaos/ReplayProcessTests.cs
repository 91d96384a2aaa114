using System.Diagnostics;
using System.Text.Json;
using Reflux.Cli;
using Reflux.Tests.Support;

namespace Reflux.Chaos.Tests;

/// <summary>A student that lived in one process is rebuilt in another one, from its base and the archive alone: broker and silo are gone by then.</summary>
[Collection("processes")]
[Trait("Speed", "slow")]
public sealed class ReplayProcessTests : IDisposable
{
    private const int Prompts = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _directory = new();

    private string Data => _directory.File("data");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Verify_says_same_different_not_comparable_and_not_verifiable()
    {
        await TrainAsync();

        Assert.Equal(ExitCodes.Done, (await RunAsync("archive", "verify", "--data", Data, "--lane", "support")).Code);
        var same = await RunAsync("student", "verify", "small", "--data", Data, "--json");
        Assert.True(same.Code == ExitCodes.Done, same.Output + same.Errors);
        var fork = await RunAsync("student", "verify", "fork", "--data", Data, "--json");
        Assert.True(fork.Code == ExitCodes.Done, fork.Output + fork.Errors);
        Assert.Equal(Member(same.Output, "replayed"), Member(fork.Output, "replayed"));

        var step = Member(same.Output, "step");
        Assert.Equal(ExitCodes.Done, (await RunAsync("student", "replay", "small", "--to-step", step, "--data", Data)).Code);
        Assert.Equal(ExitCodes.NotVerifiable, (await RunAsync("student", "replay", "small", "--to-step", "1000000", "--data", Data)).Code);
        Assert.Equal(ExitCodes.NotComparable, (await RunAsync("student", "verify", "small", "--data", Data, "--threads", "2")).Code);

        await ForgeAsync("small", Member(same.Output, "recorded"));
        var different = await RunAsync("student", "verify", "small", "--data", Data);
        Assert.True(different.Code == ExitCodes.Different, different.Output + different.Errors);

        var segment = FlipByte();
        var damaged = await RunAsync("archive", "verify", "--data", Data);
        Assert.Equal(ExitCodes.Failed, damaged.Code);
        Assert.Contains(segment, damaged.Errors, StringComparison.Ordinal);
        var gone = await RunAsync("student", "verify", "fork", "--data", Data);
        Assert.Equal(ExitCodes.NotVerifiable, gone.Code);
        Assert.Contains(segment, gone.Errors, StringComparison.Ordinal);
    }

    /// <summary>A silo of one thread with a student and a fork of it, until both have trained on everything; then silo and broker leave.</summary>
    private async Task TrainAsync()
    {
        using var broker = Processes.Reflux("broker", "--data", Data, "--owned");
        await Processes.UntilFileAsync(broker, Path.Combine(Data, "broker.json"));
        using var silo = Processes.Reflux(
            "silo", "--data", Data, "--port", "0", "--threads", "1", "--owned", "--set", "Archive:SegmentSeconds=1", "--set", "Logging:LogLevel:Default=Warning");
        await Processes.UntilFileAsync(silo, Path.Combine(Data, "silo.json"));
        using (var beacon = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Data, "silo.json"))))
        {
            var server = beacon.RootElement.GetProperty("address").GetString()!;
            var teacher = RepositoryRoot.File("samples/helpdesk/teacher");
            await ClientAsync(server, "lane", "create", "support");
            await ClientAsync(server, "teacher", "create", "teacher", "--lane", "support", "--model", teacher);
            await ClientAsync(server, "student", "create", "small", "--lane", "support", "--tokenizer-from", teacher, "--hidden-size", "32", "--layers", "1");
            var (_, prompts, _) = await RunAsync("sample", "prompts", "--count", $"{Prompts}");
            var file = _directory.File("prompts.jsonl");
            await File.WriteAllTextAsync(file, prompts);
            await ClientAsync(server, "prompts", "send", "support", "--file", file);
            await TrainedAsync(server, "small");
            await ClientAsync(server, "student", "fork", "small", "fork", "--from", "start");
            await TrainedAsync(server, "fork");
        }

        foreach (var process in new[] { silo, broker })
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            Assert.Equal(ExitCodes.Done, process.ExitCode);
        }
    }

    /// <summary>Returns when a student has read the labels of every prompt.</summary>
    private static async Task TrainedAsync(string server, string student)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            using var status = JsonDocument.Parse(await ClientAsync(server, "student", "show", student, "--json"));
            if (status.RootElement.TryGetProperty("progress", out var progress) && Read(progress) == Prompts)
            {
                return;
            }
        }
    }

    // fewer than a step wait, and are neither trained nor held out yet
    private static long Read(JsonElement progress)
    {
        var took = progress.GetProperty("trainedSequences").GetInt64() + progress.GetProperty("holdoutSequences").GetInt64();
        return took > Prompts - 16 && progress.GetProperty("backlog").GetInt64() == 0 ? Prompts : took;
    }

    private static async Task<string> ClientAsync(string server, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync([.. arguments, "--server", server]);
        Assert.True(code == ExitCodes.Done, $"{string.Join(' ', arguments)} exited {code}: {errors}");
        return output;
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => Processes.RunAsync(arguments);

    private static string Member(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).ToString();
    }

    /// <summary>Records another state than the one that the student had.</summary>
    private async Task ForgeAsync(string student, string recorded)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Data, "checkpoints"), "student.json", SearchOption.AllDirectories))
        {
            if ((await File.ReadAllTextAsync(file)).Contains($"\"name\": \"{student}\"", StringComparison.Ordinal))
            {
                foreach (var lineage in Directory.GetFiles(Path.GetDirectoryName(file)!, "lineage.jsonl", SearchOption.AllDirectories))
                {
                    await File.WriteAllTextAsync(lineage, (await File.ReadAllTextAsync(lineage)).Replace(recorded, new string('0', 64), StringComparison.Ordinal));
                }
            }
        }
    }

    private string FlipByte()
    {
        var segment = Directory.GetFiles(Path.Combine(Data, "snapshots", "archive"), "*.segment", SearchOption.AllDirectories).Order().First();
        var bytes = File.ReadAllBytes(segment);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(segment, bytes);
        return Path.GetFileName(segment);
    }
}
