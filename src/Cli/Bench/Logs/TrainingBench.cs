using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Reflux.Contracts.Definitions;
using Reflux.Contracts.Errors;
using Reflux.Contracts.Identity;
using Reflux.Distillation.Checkpoints;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Storage;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Tokenizers;
using Reflux.Samples.Helpdesk;
using static TorchSharp.torch;

namespace Reflux.Cli.Bench.Logs;

/// <summary>The same optimizer steps three times over: bare, by a trainer without checkpoints, and by one with checkpoints at the default interval.</summary>
internal sealed class TrainingBench(LogBenchSize size, ComputeThread compute, string directory, TextWriter progress)
{
    private static readonly LogId Log = new(new Guid("52e4f7a0-1b9d-4d0c-9e55-c3a1d8b7f642"), 0);
    private static readonly LaneSpec Lane = new() { Name = "bench" };
    private readonly Guid _laneId = Guid.NewGuid();

    private string Base => Path.Combine(directory, "base");

    private TrainingSpec Training => new() { SequencesPerStep = size.SequencesPerStep, RowTokens = size.PromptTokens + size.AnswerTokens, LearningRate = 1e-4 };

    public async Task<(CheckpointFigures Checkpoint, PlumbingFigures Plumbing)> RunAsync(CancellationToken cancellation)
    {
        var parameters = await compute.RunAsync(ComputeQueue.Trainer, WriteBase, cancellation);
        var labels = new BenchLabels(size, Lane);
        LabelRecord[] records = [.. Enumerable.Range(0, size.Steps * size.SequencesPerStep / size.SequencesPerRecord).Select(_ => labels.Next(_laneId, Log.Topic))];
        byte[][] encoded = [.. records.Select(LabelRecordCodec.Encode)];
        var steps = encoded.Length * size.SequencesPerRecord / size.SequencesPerStep;

        var (bare, without, with, stalls, counts) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<long>());
        for (var run = 0; run <= size.Runs; run++)
        {
            bare.Add(await BareAsync(records, cancellation));
            without.Add((await TrainAsync(encoded, CheckpointInterval.Never, cancellation)).Seconds);
            var (seconds, count, stall) = await TrainAsync(encoded, CheckpointInterval.Default, cancellation);
            with.Add(seconds);
            if (count > 0)
            {
                stalls.Add(stall.TotalMilliseconds / count);
            }

            counts.Add(count);
            progress.WriteLine(FormattableString.Invariant(
                $"{steps} steps, {(run == 0 ? "warm-up" : $"run {run}")}: {bare[^1]:0.00} s bare, {without[^1]:0.00} s in the trainer, {with[^1]:0.00} s with {count} checkpoints"));
        }

        var (overheads, wholes) = (Shares(without, with), Shares(bare, with));
        return (
            new CheckpointFigures(
                parameters, stalls.Count > 0 ? RunStatistics.Median(stalls) : 0, RunStatistics.Median(overheads), counts.Skip(1).Min(), overheads.Max() - overheads.Min()),
            new PlumbingFigures(
                RunStatistics.Median(wholes),
                steps / RunStatistics.Median([.. bare.Skip(1)]),
                steps / RunStatistics.Median([.. with.Skip(1)]),
                wholes.Max() - wholes.Min()));
    }

    /// <summary>(other − one) / one of each pair, without the warm-up.</summary>
    private static double[] Shares(List<double> one, List<double> other) => [.. one.Zip(other, (least, whole) => (whole - least) / least).Skip(1)];

    private long WriteBase()
    {
        var tokenizer = Tokenizer.Load(Path.Combine(HelpdeskTeacher.Directory, "tokenizer.json"));
        var shape = size.Student;
        var config = ModelConfig.Load(HelpdeskTeacher.Directory) with
        {
            HiddenSize = shape.HiddenSize,
            IntermediateSize = shape.IntermediateSize,
            Layers = shape.Layers,
            Heads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            HeadDim = shape.HiddenSize / shape.Heads,
            VocabularySize = tokenizer.VocabularySize,
            MaxPositions = shape.MaxPositions,
        };
        using var decoder = CausalDecoder.CreateFresh(config, shape.Seed, compute.Device);
        ModelDirectory.Write(Base, decoder, ScalarType.Float32, tokenizer, PromptTemplate.Load(HelpdeskTeacher.Directory));
        return decoder.Parameters.Values.Sum(parameter => parameter.numel());
    }

    /// <summary>Seconds of the optimizer's steps alone, in one go on the compute thread.</summary>
    private Task<double> BareAsync(IReadOnlyList<LabelRecord> records, CancellationToken cancellation) => compute.RunAsync(
        ComputeQueue.Trainer,
        () =>
        {
            using var learner = new StudentLearner(ModelDirectory.LoadDecoder(Base, compute.Device), Training, Lane.Temperature);
            var steps = records.SelectMany(record => record.Sequences).Chunk(size.SequencesPerStep).ToList();
            var started = Stopwatch.GetTimestamp();
            foreach (var step in steps)
            {
                cancellation.ThrowIfCancellationRequested();
                learner.Train(step);
            }

            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        },
        cancellation);

    /// <summary>Seconds from the trainer's first read to the end of its log; its checkpoints meanwhile, and how long it stood still for them.</summary>
    private async Task<(double Seconds, long Checkpoints, TimeSpan Stall)> TrainAsync(IReadOnlyList<byte[]> records, CheckpointInterval interval, CancellationToken cancellation)
    {
        var data = Path.Combine(directory, "student");
        var log = new InMemoryLabelLog(Log, records);
        try
        {
            await using var trainer = new StudentTrainer(Context(data, log, interval));
            trainer.Start();
            await Task.WhenAny(log.Drained, trainer.Completion).WaitAsync(cancellation);
            if (!log.Drained.IsCompleted)
            {
                throw new RefluxException(ErrorCodes.Internal, $"the trainer failed: {trainer.Message}", "Report this.");
            }

            var (count, stall) = trainer.Checkpoints;
            return (await log.Drained, count, stall);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private TrainerContext Context(string data, ILabelLogFactory log, CheckpointInterval interval)
    {
        var spec = new StudentSpec { Name = "bench", Lane = Lane.Name, Base = new BaseModelSpec { Directory = Base }, Training = Training, Snapshots = new SnapshotSpec { EverySeconds = 86_400 } };
        return new TrainerContext
        {
            Student = new Definition { Kind = DefinitionKind.Student, Id = Guid.NewGuid(), Name = spec.Name, Revision = 1, Student = new StudentDefinition(spec, _laneId, false, "bench") },
            Lane = new Definition { Kind = DefinitionKind.Lane, Id = _laneId, Name = Lane.Name, Revision = 1, Lane = new LaneDefinition(Lane, Log.Partition, 1) },
            Epoch = 1,
            Labels = log,
            Services = new QuietHost(),
            Checkpoints = new CheckpointStore(Path.Combine(data, "checkpoints"), NullLogger<CheckpointStore>.Instance),
            CheckpointInterval = interval,
            Blobs = new FileBlobStore(Path.Combine(data, "store")),
            Compute = compute,
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        };
    }
}
