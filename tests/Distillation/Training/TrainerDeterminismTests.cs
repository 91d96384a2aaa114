using Reflux.Contracts.Identity;
using Reflux.Distillation.Compute;
using Reflux.Distillation.Records;
using Reflux.Distillation.Teaching;
using Reflux.Models;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

/// <summary>The promise: weights at step N depend on spec, base and log order alone.</summary>
public sealed class TrainerDeterminismTests
{
    private const int Sequences = 34;

    [Fact]
    public async Task The_same_log_gives_the_same_state_twice()
    {
        using var first = new TinyStudent();
        using var second = new TinyStudent();
        first.Log.Append(Grouped(first, 3));
        second.Log.Append(Grouped(second, 3));

        var one = await first.TrainToEndAsync();

        Assert.Equal(Training / TinyStudent.SequencesPerStep, one.Step);
        Assert.Equal(one.Document.StateHash, (await second.TrainToEndAsync()).Document.StateHash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(34)]
    public async Task Grouping_into_records_does_not_matter(int perRecord)
    {
        using var one = new TinyStudent();
        using var other = new TinyStudent();
        one.Log.Append(Grouped(one, 3));
        other.Log.Append(Grouped(other, perRecord));

        Assert.Equal((await one.TrainToEndAsync()).Weights, (await other.TrainToEndAsync()).Weights);
    }

    [Fact]
    public async Task Arrival_in_bits_with_pauses_does_not_matter()
    {
        using var at_once = new TinyStudent();
        using var slowly = new TinyStudent();
        at_once.Log.Append(Grouped(at_once, 2));

        await using var trainer = slowly.NewTrainer();
        trainer.Start();
        foreach (var record in Grouped(slowly, 2))
        {
            slowly.Log.Append([record]);
            await TinyStudent.FirstOf(slowly.Log.Drained, trainer);
        }

        await trainer.StopAsync();
        Assert.Equal((await at_once.TrainToEndAsync()).Document.StateHash, (await slowly.StoredStateAsync()).Document.StateHash);
    }

    [Fact]
    public async Task A_busy_teacher_on_the_same_thread_does_not_matter()
    {
        using var quiet = new ComputeThread(new ComputeOptions { Threads = 2 });
        using var alone = new TinyStudent(quiet);
        alone.Log.Append(Grouped(alone, 3));
        using var compute = new ComputeThread(new ComputeOptions { Threads = 2 });
        using var beside = new TinyStudent(compute);
        beside.Log.Append(Grouped(beside, 3));
        using var stop = new CancellationTokenSource();
        var teacherTurns = 0;
        var context = beside.Context(1);
        using var engine = await compute.RunAsync(
            ComputeQueue.Teacher,
            () => new TeacherEngine(LanguageModel.Load(beside.TeacherDirectory, compute.Device), context.LaneDefinition, context.Lane.Id, context.Lane.Id),
            CancellationToken.None);
        var prompts = Enumerable.Range(0, 8)
            .Select(i => new TeacherPrompt(LabelledSequences.PromptId(i), false, new Position(LabelRecords.Log, i), engine.Tokenize($"a message {i}")))
            .ToArray();
        var teacher = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await compute.RunAsync(
                    ComputeQueue.Teacher,
                    () =>
                    {
                        engine.Answer(prompts, CancellationToken.None);
                        teacherTurns++;
                    },
                    CancellationToken.None);
            }
        });

        var state = await beside.TrainToEndAsync();
        await stop.CancelAsync();
        await teacher;

        Assert.True(teacherTurns > 2, $"{teacherTurns} turns of the teacher");
        Assert.Equal((await alone.TrainToEndAsync()).Document.StateHash, state.Document.StateHash);
    }

    [Fact]
    public async Task Threads_that_compute_beside_it_do_not_matter()
    {
        using var alone = new TinyStudent();
        using var beside = new TinyStudent();
        alone.Log.Append(Grouped(alone, 3));
        beside.Log.Append(Grouped(beside, 3));
        var products = 0;
        using var stop = new CancellationTokenSource();
        var busy = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(Multiply, TaskCreationOptions.LongRunning)).ToArray();

        var state = await beside.TrainToEndAsync();
        await stop.CancelAsync();
        await Task.WhenAll(busy);

        Assert.True(products > 2, $"{products} products beside it");
        Assert.Equal((await alone.TrainToEndAsync()).Document.StateHash, state.Document.StateHash);

        void Multiply()
        {
            set_num_threads(2);
            using var scope = NewDisposeScope();
            var matrix = ones(256, 256);
            while (!stop.IsCancellationRequested)
            {
                matrix.matmul(matrix).Dispose();
                Interlocked.Increment(ref products);
            }
        }
    }

    [Fact]
    public async Task Stopping_after_any_record_and_going_on_gives_the_same_bits()
    {
        using var undisturbed = new TinyStudent();
        var records = Grouped(undisturbed, 3).ToArray();
        undisturbed.Log.Append(records);
        var expected = await undisturbed.TrainToEndAsync();

        using var stopped = new TinyStudent();
        foreach (var record in Grouped(stopped, 3))
        {
            stopped.Log.Append([record]);
            await stopped.TrainToEndAsync();
        }

        var actual = await stopped.StoredStateAsync();
        Assert.Equal(expected.Weights, actual.Weights);
        Assert.Equal(expected.Document.Counters.TrainedSequences, actual.Document.Counters.TrainedSequences);
        Assert.Equal(expected.Document.Files["dedupe.bin"], actual.Document.Files["dedupe.bin"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(33)]
    public async Task Killed_at_any_record_again_and_again_it_reaches_the_same_bits(int everyRecords)
    {
        using var undisturbed = new TinyStudent();
        undisturbed.Log.Append(Grouped(undisturbed, 1));
        var expected = await undisturbed.TrainToEndAsync();

        using var killed = new TinyStudent();
        killed.Log.Append(Grouped(killed, 1));
        for (var kills = 0; kills < 4; kills++)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var target = everyRecords * (kills + 1);
            killed.Log.OnRead = offset =>
            {
                if (offset >= target)
                {
                    reached.TrySetResult();
                }
            };
            var trainer = killed.NewTrainer();
            trainer.Start();
            await Task.WhenAny(reached.Task, killed.Log.Drained);
            await trainer.DisposeAsync();
        }

        killed.Log.OnRead = null;
        var actual = await killed.TrainToEndAsync();
        Assert.Equal(expected.Weights, actual.Weights);
        Assert.Equal(expected.Document.Counters, actual.Document.Counters);
        Assert.NotEqual(default, expected.Document.Counters.EffectSum);
        Assert.Equal(expected.Document.Files["dedupe.bin"], actual.Document.Files["dedupe.bin"]);
    }

    private static int Training => Enumerable.Range(0, Sequences).Count(offset => offset % 9 != 4);

    /// <summary>Training sequences with some holdout between, cut into records of <paramref name="perRecord"/>.</summary>
    private static IEnumerable<byte[]> Grouped(TinyStudent student, int perRecord) => Enumerable.Range(0, Sequences)
        .Select(offset => LabelledSequences.At(offset, holdout: offset % 9 == 4))
        .Chunk(perRecord)
        .Select(sequences => student.Records.Encode(sequences));
}
