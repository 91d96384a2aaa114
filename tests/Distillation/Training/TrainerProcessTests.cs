using System.Diagnostics;
using Reflux.Tests.Support;

namespace Reflux.Distillation.Tests.Training;

/// <summary>The promise over processes: the same log gives the same bits in each, also in one that was killed.</summary>
public sealed class TrainerProcessTests : IDisposable
{
    private const int RecordCount = 120;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Weights_have_the_same_bits_in_every_process_and_after_kill_9()
    {
        var one = await TrainAsync("one");
        var other = await TrainAsync("other");
        Assert.StartsWith($"step {2 * RecordCount / TinyStudent.SequencesPerStep}:", one, StringComparison.Ordinal);
        Assert.Equal(one, other);

        await KillAsync("killed", atRecord: 20);
        await KillAsync("killed", atRecord: 45);
        Assert.Equal(one, await TrainAsync("killed"));
    }

    public void Dispose() => _directory.Dispose();

    internal static IEnumerable<byte[]> Records(TinyStudent student) =>
        Enumerable.Range(0, RecordCount).Select(i => student.Records.Encode(LabelledSequences.At(2 * i), LabelledSequences.At((2 * i) + 1)));

    /// <summary>Runs to the end of the log; the last line.</summary>
    private async Task<string> TrainAsync(string name)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = Start(name);
        var last = "";
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            last = line;
        }

        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, process.ExitCode);
        return last;
    }

    /// <summary>kill -9 as soon as it says that it reads this record, whatever it does by then.</summary>
    private async Task KillAsync(string name, int atRecord)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = Start(name, $"{atRecord + 10}");
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(limit.Token);
        }
        while (line is not null && line != $"record {atRecord}");

        Assert.NotNull(line);
        process.Kill();
        await process.WaitForExitAsync(limit.Token);
        Assert.NotEqual(0, process.ExitCode);
    }

    private Process Start(string name, params string[] upTo) => Process.Start(new ProcessStartInfo(
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(TrainerProcessTests).Assembly.Location, _directory.File(name), .. upTo]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
}
