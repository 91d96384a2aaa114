using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Client;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Http;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Records;
using Reflux.Models.Weights;
using Reflux.Samples.Helpdesk;
using Reflux.Streaming;
using TorchSharp;

namespace Reflux.Cli.Bench.Logs;

/// <summary>
/// A silo with one student is killed and started again, over and over, on its newest checkpoint and with labels that wait, a record more each time: what counts is the time from the start of its process to
/// the first step beyond the checkpoint, as its gateway reports it.
/// </summary>
internal sealed class RecoveryBench(LogBenchSize size, int threads, string directory, TextWriter progress)
{
    private const string Name = "bench";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(10);

    private string Data => Path.Combine(directory, "data");

    public async Task<RecoveryFigures> RunAsync(CancellationToken cancellation)
    {
        await using var broker = await BenchProcess.StartAsync(directory, cancellation);
        await using var connection = await LogConnection.OpenAsync(new KafkaOptions(), broker.Address, TimeProvider.System, NullLoggerFactory.Instance, cancellation);
        await using var writer = new LogWriter(connection, new CommittedSafePosition(connection, (_, _) => [ConsumerGroups.Archive]));
        var (student, appendAsync) = await PrepareAsync(connection, writer, cancellation);
        var loads = new List<double>();
        var seconds = new List<double>();
        for (var run = 0; run <= size.Runs; run++)
        {
            // a silo that was slow to die may have made a checkpoint of all that waited
            await appendAsync();
            var (document, load) = await LoadAsync(student, cancellation);
            loads.Add(load);
            var started = Stopwatch.GetTimestamp();
            await using var silo = await StartSiloAsync(cancellation);
            using var http = Http(silo);
            await UntilAsync(new RefluxClient(http), found => found.Step > document.Step, cancellation);
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            await silo.KillAsync();
            progress.WriteLine(FormattableString.Invariant($"recovery, {(run == 0 ? "warm-up" : $"run {run}")}: {seconds[^1]:0.00} s, the checkpoint loads in {loads[^1]:0.00} s"));
        }

        double[] counted = [.. seconds.Skip(1)];
        return new RecoveryFigures(RunStatistics.Median(counted), RunStatistics.Median([.. loads.Skip(1)]), RunStatistics.Spread(counted));
    }

    /// <summary>A student that has trained and left in order, and what appends labels for the next one.</summary>
    private async Task<(Guid Student, Func<Task> AppendAsync)> PrepareAsync(LogConnection connection, LogWriter writer, CancellationToken cancellation)
    {
        Guid student;
        LaneSpec spec = new() { Name = Name };
        var labels = new BenchLabels(size, spec);
        Definition lane;
        await using (var silo = await StartSiloAsync(cancellation))
        {
            using var http = Http(silo);
            var client = new RefluxClient(http);
            lane = await client.CreateLaneAsync(spec, cancellation);
            await client.CreateTeacherAsync(new TeacherSpec { Name = Name, Lane = Name, Model = HelpdeskTeacher.Directory }, cancellation);
            student = (await client.CreateStudentAsync(
                new StudentSpec
                {
                    Name = Name,
                    Lane = Name,
                    Base = new BaseModelSpec { Fresh = size.Student with { TokenizerFrom = HelpdeskTeacher.Directory } },
                    Training = new TrainingSpec { SequencesPerStep = size.SequencesPerStep, RowTokens = size.PromptTokens + size.AnswerTokens },
                },
                cancellation)).Id;
            await AppendAsync();
            await UntilAsync(client, found => found.Step * size.SequencesPerStep >= size.SequencesPerRecord, cancellation);
        }

        return (student, AppendAsync);

        async Task AppendAsync()
        {
            var partition = lane.Lane!.LabelPartition;
            var log = await connection.LogIdAsync(Topics.Labels, partition, cancellation);
            await writer.AppendAsync(Topics.Labels, partition, LabelRecordCodec.Encode(labels.Next(lane.Id, log.Topic)), cancellation);
        }
    }

    /// <summary>The newest checkpoint, verified and read as a trainer does.</summary>
    private async Task<(CheckpointDocument Document, double Seconds)> LoadAsync(Guid student, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var stored = await new CheckpointStore(Path.Combine(Data, "checkpoints"), NullLogger<CheckpointStore>.Instance).LatestAsync(student, cancellation)
            ?? throw new RefluxException(ErrorCodes.Internal, "the silo left no checkpoint", $"see {Path.Combine(directory, "silo.log")}");
        using (torch.NewDisposeScope())
        {
            foreach (var file in stored.Document.Files.Keys.Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal)))
            {
                Safetensors.Read(stored.PathOf(file), torch.CPU);
            }
        }

        return (stored.Document, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private Task<BenchProcess> StartSiloAsync(CancellationToken cancellation) => BenchProcess.StartAsync(
        Path.Combine(directory, "silo.log"),
        Path.Combine(Data, "silo.json"),
        ["silo", "--data", Data, "--roles", "gateway,student", "--port", "0", "--threads", $"{threads}", "--owned"],
        cancellation);

    private static HttpClient Http(BenchProcess silo) => new() { BaseAddress = new Uri(silo.Address.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(30) };

    private async Task UntilAsync(RefluxClient client, Func<TrainerProgress, bool> reached, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Patience);
        using var timer = new PeriodicTimer(AskEvery);
        while ((await client.StudentAsync(Name, cancellation)).Progress is not { } found || !reached(found))
        {
            if (timeout.IsCancellationRequested)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new RefluxException(ErrorCodes.Timeout, $"the student took no step within {Patience.TotalMinutes:0} minutes", $"see {Path.Combine(directory, "silo.log")}");
            }

            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
