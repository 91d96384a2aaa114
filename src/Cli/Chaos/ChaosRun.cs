using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Cli.Demo;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Records;
using Reflux.Models.Tokenizers;
using Reflux.Streaming;

namespace Reflux.Cli.Chaos;

/// <summary>One run: processes, traffic with a nemesis at work, quiet, then the checker and a replay.</summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> say)
{
    private const string Lane = "chaos";
    private const string Student = "chaos-student";
    private static readonly TimeSpan QuietPatience = TimeSpan.FromMinutes(2);

    /// <summary>Runs to the end. Whatever happens, no child outlives the call.</summary>
    /// <returns>The result, and what was missed.</returns>
    public async Task<(ChaosSummary Summary, IReadOnlyList<string> Missed)> RunAsync(CancellationToken cancellation)
    {
        await using var disk = await SmallDisk.TryMountAsync(Path.Combine(options.Directory, "data", "checkpoints"));
        await using var processes = await ChaosProcesses.StartAsync(options.Directory, options.Durable, cancellation);
        var kafka = new KafkaOptions { BootstrapServers = processes.BrokerAddress, Settings = new(processes.KafkaSettings, StringComparer.Ordinal) };
        await using var log = await LogConnection.OpenAsync(kafka, embeddedAddress: null, TimeProvider.System, NullLoggerFactory.Instance, cancellation);
        await using var writer = new LogWriter(log, new CommittedSafePosition(log, (_, _) => [ConsumerGroups.Archive]));
        var (lane, student) = await DefineAsync(processes, cancellation);
        var labels = await log.LogIdAsync(Topics.Labels, lane.Lane!.LabelPartition, cancellation);

        using var background = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tape = new LabelTape();
        var taping = tape.FollowAsync(log, labels.Partition, background.Token);
        var watch = new CheckerWatch(processes, log, Student, student.Id, labels);
        var watching = watch.RunAsync(background.Token);

        var plan = NemesisPlan.Of(options.Seed, options.Seconds, disk is not null, options.Durable);
        say(disk is null ? "no disk can be mounted here: the fault fullDisk is left out" : $"{plan.Count} faults to come; a full disk is made by {disk.Kind}");
        var traffic = new ChaosTraffic(processes, Lane, options);
        var nemesis = new Nemesis(options, processes, disk, writer, labels.Partition, Student, tape, say);
        var striking = nemesis.RunAsync(plan, cancellation);
        await Task.WhenAll(traffic.SendAsync(striking, cancellation), striking);
        say($"{traffic.Acknowledged.Count} prompts acknowledged, {traffic.Retries} retries; waiting for quiet");

        await UntilQuietAsync(processes, log, labels, traffic, tape, cancellation);
        var account = await processes.Client().AccountingAsync(Student, cancellation);
        var progress = (await processes.Client().StudentAsync(Student, cancellation)).Progress!;
        await background.CancelAsync();
        await Task.WhenAll(Cancelled(taping), Cancelled(watching));
        await watch.FinishAsync(cancellation);
        var deadLetters = await DeadLettersAsync(log, cancellation);
        var marks = options.Durable ? await MarksAsync(log, cancellation) : [];
        await processes.LeaveAsync(ChaosProcesses.Silo, cancellation);

        var tokenizer = Tokenizer.Load(Path.Combine(options.Teacher, "tokenizer.json"));
        var report = new Checker(new CheckerEvidence
        {
            Acknowledged = [.. traffic.Acknowledged],
            Rules = new CheckerLedger.Rules(labels, lane.Id, tokenizer.Hash, tokenizer.VocabularySize),
            Archive = CheckerArchive.Read(Path.Combine(processes.Data, "snapshots"), labels),
            Broker = tape.Records,
            DeadLetters = deadLetters,
            Account = account,
            Step = progress.Step,
            Next = progress.Next.Offset,
            SequencesPerStep = options.SequencesPerStep,
            Commits = watch.Commits,
            Marks = marks,
        }).Run();
        var (identical, verdict) = await ReplayAsync(processes, progress.Step, cancellation);
        var summary = new ChaosSummary
        {
            Seed = options.Seed,
            Broker = options.Durable ? ChaosSummary.DurableBroker : ChaosSummary.EmbeddedBroker,
            Kills = nemesis.Kills,
            Faults = nemesis.Fired.OrderBy(fault => fault.Key).ToDictionary(fault => ChaosBars.Name(fault.Key), fault => fault.Value),
            FullDisk = disk?.Kind,
            Acknowledged = report.Acknowledged,
            Trained = report.Trained,
            Holdout = report.Holdout,
            SampledOut = 0,
            DeadLettered = report.DeadLettered,
            Quarantined = report.Quarantined,
            Pending = report.Pending,
            Lost = report.Lost,
            TrainedTwice = report.TrainedTwice,
            Steps = progress.Step,
            Identical = identical,
            SnapshotsVerified = watch.Verified,
            SnapshotsTorn = watch.Torn,
        };
        return (summary,
        [
            .. ChaosBars.Missed(summary, options.Seconds),
            .. identical ? (string[])[] : [verdict],
            .. report.Problems,
            .. watch.Problems.Distinct(),
            .. Silent(nemesis, processes),
        ]);
    }

    private async Task<(Definition Lane, Definition Student)> DefineAsync(ChaosProcesses processes, CancellationToken cancellation)
    {
        var client = processes.Client();
        var lane = await client.CreateLaneAsync(new LaneSpec { Name = Lane, MaxAnswerTokens = 16 }, cancellation);
        await client.CreateTeacherAsync(new TeacherSpec { Name = "chaos-teacher", Lane = Lane, Model = options.Teacher, BatchSize = 32 }, cancellation);
        var student = await client.CreateStudentAsync(
            new StudentSpec
            {
                Name = Student,
                Lane = Lane,
                Base = new BaseModelSpec
                {
                    Fresh = new FreshModelSpec { TokenizerFrom = options.Teacher, HiddenSize = 32, Layers = 1, Heads = 2, KeyValueHeads = 1, IntermediateSize = 64, MaxPositions = 256, Seed = options.Seed },
                },
                Training = new TrainingSpec { SequencesPerStep = options.SequencesPerStep, RowTokens = 256, LearningRate = 1e-3, Seed = options.Seed },
                Snapshots = new SnapshotSpec { EverySeconds = 5, MaxAcceptanceDrop = 1 },
            },
            cancellation);
        return (lane, student);
    }

    /// <summary>Until every acknowledged prompt is labelled and the student has read the whole log; the teachers leave in between, so that nothing more is appended. Then a last snapshot.</summary>
    private static async Task UntilQuietAsync(ChaosProcesses processes, LogConnection log, LogId labels, ChaosTraffic traffic, LabelTape tape, CancellationToken cancellation)
    {
        await UntilAsync(() => Task.FromResult(traffic.Acknowledged.All(tape.IsLabelled)), "some acknowledged prompts get no label");
        await processes.LeaveAsync(ChaosProcesses.FirstTeacher, cancellation);
        await processes.LeaveAsync(ChaosProcesses.SecondTeacher, cancellation);
        var (_, end) = await log.BoundsAsync(Topics.Labels, labels.Partition, cancellation);
        await UntilAsync(
            async () => tape.Records.Count == end && (await processes.Client().StudentAsync(Student, cancellation)).Progress is { } progress && progress.Next.Offset == end,
            "the student does not come to the end of its log");
        await UntilAsync(
            async () =>
            {
                await processes.Client().TakeSnapshotAsync(Student, publish: true, cancellation);
                return true;
            },
            "no snapshot is taken");

        async Task UntilAsync(Func<Task<bool>> reached, string otherwise)
        {
            using var patience = new CancellationTokenSource(QuietPatience);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
            while (!await ChaosTraffic.OrAwayAsync(reached))
            {
                if (patience.IsCancellationRequested)
                {
                    throw new RefluxException(ErrorCodes.Timeout, $"after {QuietPatience.TotalMinutes:0} quiet minutes {otherwise}", $"see {processes.LogOf(ChaosProcesses.Silo)} and the logs beside it");
                }

                await timer.WaitForNextTickAsync(cancellation);
            }
        }
    }

    private static async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(LogConnection log, CancellationToken cancellation)
    {
        var (low, end) = await log.BoundsAsync(Topics.DeadLetters, 0, cancellation);
        var letters = new List<DeadLetter>();
        await using var reader = await LogReader.OpenAsync(log, Topics.DeadLetters, 0, from: null, cancellation);
        for (var offset = low; offset < end; offset++)
        {
            if (await reader.ReadAsync(cancellation) is { IsMark: false } record)
            {
                letters.Add(DeadLetter.Decode(record.Value));
            }
        }

        return letters;
    }

    /// <summary>Records that name the prompts' log, which are no prompts; they stand in partition 0.</summary>
    private static async Task<HashSet<Position>> MarksAsync(LogConnection log, CancellationToken cancellation)
    {
        var (low, end) = await log.BoundsAsync(Topics.Prompts, 0, cancellation);
        var marks = new HashSet<Position>();
        await using var reader = await LogReader.OpenAsync(log, Topics.Prompts, 0, from: null, cancellation);
        for (var offset = low; offset < end; offset++)
        {
            if (await reader.ReadAsync(cancellation) is { IsMark: true } record)
            {
                marks.Add(record.Position);
            }
        }

        return marks;
    }

    /// <summary>The student once more from its base and its log, in a process of its own.</summary>
    private static async Task<(bool Identical, string Verdict)> ReplayAsync(ChaosProcesses processes, long step, CancellationToken cancellation)
    {
        var (code, output, errors) = await ChildProcess.RunAsync(["student", "verify", Student, "--data", processes.Data, .. processes.KafkaFlags, "--json"], cancellation);
        if (code != ExitCodes.Done)
        {
            return (false, $"`student verify` exited {code}: {output}{errors}");
        }

        using var report = JsonDocument.Parse(output);
        var replayed = report.RootElement.GetProperty("step").GetInt64();
        return (replayed == step, $"the last recorded state is that of step {replayed}, the student was at {step}");
    }

    /// <summary>Damaged checkpoints that nobody spoke of.</summary>
    private static IEnumerable<string> Silent(Nemesis nemesis, ChaosProcesses processes)
    {
        var lines = processes.SiloLines().ToList();
        return nemesis.Torn.Where(torn => !lines.Exists(line => line.Contains($"checkpoint {torn} ", StringComparison.Ordinal))).Select(torn => $"the damaged checkpoint {torn} is not in the silo's log");
    }

    private static async Task Cancelled(Task follower)
    {
        try
        {
            await follower;
        }
        catch (OperationCanceledException)
        {
            // its end; anything else it threw must be seen
        }
    }
}
