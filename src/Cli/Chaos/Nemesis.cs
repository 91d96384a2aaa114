using System.Diagnostics;
using Reflux.Cli.Demo;
using Reflux.Contracts.Errors;
using Reflux.Distillation.Records;
using Reflux.Streaming;

namespace Reflux.Cli.Chaos;

/// <summary>Carries a plan out, one fault after the other; one that is due while another lasts follows it.</summary>
internal sealed class Nemesis(ChaosOptions options, ChaosProcesses processes, SmallDisk? disk, LogWriter writer, int partition, string student, LabelTape tape, Action<string> say)
{
    /// <summary>Longer than the session of 6 s.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan ZombieTime = TimeSpan.FromSeconds(6);

    /// <summary>How long a fault may wait for what it needs: two checkpoints, a checkpoint to refuse, a publication.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Random _random = new((int)options.Seed);
    private readonly List<string> _torn = [];
    private readonly Dictionary<NemesisKind, int> _fired = [];

    /// <summary>How often each kind took place.</summary>
    public IReadOnlyDictionary<NemesisKind, int> Fired => _fired;

    /// <summary>Processes killed.</summary>
    public int Kills => _fired.Where(fault => fault.Key is NemesisKind.Kill or NemesisKind.BrokerKill or NemesisKind.TornCheckpoint or NemesisKind.ZombieTrainer).Sum(fault => fault.Value);

    /// <summary>Checkpoints that were damaged, as the trainer names them.</summary>
    public IReadOnlyList<string> Torn => _torn;

    public async Task RunAsync(IReadOnlyList<NemesisEvent> plan, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        foreach (var fault in plan)
        {
            if (fault.At - clock.Elapsed is { Ticks: > 0 } early)
            {
                await Task.Delay(early, cancellation);
            }

            say($"{clock.Elapsed.TotalSeconds,5:0.0} s  {fault.Kind} {fault.Target}");
            await StrikeAsync(fault, cancellation);
            _fired[fault.Kind] = _fired.GetValueOrDefault(fault.Kind) + 1;
        }
    }

    private Task StrikeAsync(NemesisEvent fault, CancellationToken cancellation)
    {
        var forger = new LabelForger(_random);
        return fault.Kind switch
        {
            NemesisKind.Kill => processes.KillAsync(fault.Target!),
            NemesisKind.BrokerKill => processes.KillBrokerAsync(cancellation),
            NemesisKind.Stop => processes.StopForAsync(fault.Target!, StopTime, cancellation),
            NemesisKind.TornCheckpoint => TearAsync(cancellation),
            NemesisKind.Duplicates => AppendAsync(labels => forger.Regrouped(labels), cancellation),
            NemesisKind.GarbageRecord => AppendAsync(_ => [forger.Garbage()], cancellation),
            NemesisKind.FlippedByte => AppendAsync(labels => [forger.Flipped(labels[0])], cancellation),
            NemesisKind.ForeignTokenizer => AppendAsync(labels => [forger.ForeignTokenizer(labels[0])], cancellation),
            NemesisKind.SecondSilo => IntrudeAsync(cancellation),
            NemesisKind.ZombieTrainer => RaiseAsync(cancellation),
            NemesisKind.FullDisk => FillAsync(cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }

    /// <summary>Appends what is made of some of the newest labels; before there are any it waits for them.</summary>
    private async Task AppendAsync(Func<IReadOnlyList<LabelRecord>, IReadOnlyList<byte[]>> forge, CancellationToken cancellation)
    {
        IReadOnlyList<LabelRecord> newest = [];
        await UntilAsync(() => Task.FromResult((newest = tape.Newest(1 + _random.Next(8))).Count > 0), "there were no labels to forge", cancellation);
        foreach (var record in forge(newest))
        {
            await writer.AppendAsync(Topics.Labels, partition, record, cancellation);
        }
    }

    /// <summary>The newest whole checkpoint is damaged; the one before it has to do.</summary>
    private async Task TearAsync(CancellationToken cancellation)
    {
        // one that the trainer removes while we look is an IOException, and means to look again
        await UntilAsync(() => Task.FromResult(WholeCheckpoints().Count > 1), "the student had no two whole checkpoints", cancellation);
        await processes.KillAsync(ChaosProcesses.Silo, () =>
        {
            var newest = WholeCheckpoints()[0];
            _torn.Add($"{newest.Parent!.Name}/{newest.Name}");
            var file = newest.GetFiles("*.safetensors").MaxBy(candidate => candidate.Length)!;
            using var stream = file.Open(FileMode.Open, FileAccess.ReadWrite);
            if (_random.Next(2) == 0)
            {
                stream.SetLength(stream.Length / 2);
                return;
            }

            stream.Position = stream.Length / 2;
            var value = stream.ReadByte();
            stream.Position--;
            stream.WriteByte((byte)(value ^ 1));
        });
    }

    /// <summary>Newest first: epoch, step, records.</summary>
    private List<DirectoryInfo> WholeCheckpoints()
    {
        var root = new DirectoryInfo(Path.Combine(processes.Data, "checkpoints"));
        return
        [
            .. root.EnumerateFiles("checkpoint.json", SearchOption.AllDirectories)
                .Select(file => file.Directory!)
                .Where(directory => char.IsAsciiDigit(directory.Name[0]) && !_torn.Contains($"{directory.Parent!.Name}/{directory.Name}"))
                .OrderByDescending(directory => long.Parse(directory.Parent!.Name))
                .ThenByDescending(directory => long.Parse(directory.Name.Split('-')[0]))
                .ThenByDescending(directory => long.Parse(directory.Name.Split('-')[1])),
        ];
    }

    private async Task IntrudeAsync(CancellationToken cancellation)
    {
        await processes.UntilSiloAnswersAsync(cancellation);
        var (code, _, errors) = await ChildProcess.RunAsync(["silo", "--data", processes.Data, "--port", "0"], cancellation);
        if (code != ExitCodes.Failed || !errors.Contains(ErrorCodes.DataDirectoryInUse, StringComparison.Ordinal))
        {
            throw new RefluxException(ErrorCodes.Internal, $"a second silo on the data directory exited {code}: {errors}", "it had to be refused");
        }
    }

    /// <summary>The successor has to publish before the zombie wakes up.</summary>
    private async Task RaiseAsync(CancellationToken cancellation)
    {
        var epoch = 0L;
        await UntilAsync(
            async () =>
            {
                var status = await processes.Client().StudentAsync(student, cancellation);
                epoch = status.Epoch;
                return status.State == "running";
            },
            "the student did not run",
            cancellation);
        await processes.HauntAsync(
            () => UntilAsync(
                async () => (await processes.Client().SnapshotsAsync(student, cancellation)).Any(version => version.Epoch > epoch), "the successor of a stopped silo published nothing", cancellation),
            ZombieTime,
            cancellation);
    }

    /// <summary>Full until the trainer has met it: a disk that nobody wrote to was no fault.</summary>
    private async Task FillAsync(CancellationToken cancellation)
    {
        var before = Refusals();
        try
        {
            await UntilAsync(
                () =>
                {
                    // a checkpoint that was pruned meanwhile has made room for the next one
                    disk!.Fill();
                    return Task.FromResult(Refusals() > before);
                },
                "no checkpoint met the full disk",
                cancellation);
        }
        finally
        {
            disk!.Free();
        }
    }

    private int Refusals() => processes.SiloLines().Count(line => line.Contains("No space left", StringComparison.Ordinal));

    private async Task UntilAsync(Func<Task<bool>> reached, string otherwise, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        using var patience = new CancellationTokenSource(Patience);
        while (!await ChaosTraffic.OrAwayAsync(reached))
        {
            if (patience.IsCancellationRequested)
            {
                throw new RefluxException(ErrorCodes.Timeout, $"for {Patience.TotalMinutes:0} minutes {otherwise}", $"see {processes.LogOf(ChaosProcesses.Silo)}");
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
