using Reflux.Contracts.Errors;
using Reflux.Distillation.Compute;
using TorchSharp;

namespace Reflux.Distillation.Tests.Compute;

public sealed class ComputeThreadTests
{
    private static readonly ComputeOptions OneThread = new() { Threads = 1 };

    [Fact]
    public async Task Queues_take_turns_however_long_one_of_them_is()
    {
        using var compute = new ComputeThread(OneThread);
        var order = new List<ComputeQueue>();
        using var begin = new ManualResetEventSlim();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = compute.RunAsync(
            ComputeQueue.Evaluator,
            () =>
            {
                began.SetResult();
                begin.Wait();
            },
            CancellationToken.None);
        await began.Task;

        var work = new List<Task> { held };
        foreach (var queue in (ComputeQueue[])[.. Enumerable.Repeat(ComputeQueue.Teacher, 6), .. Enumerable.Repeat(ComputeQueue.Trainer, 3), ComputeQueue.Evaluator])
        {
            work.Add(compute.RunAsync(queue, () => order.Add(queue), CancellationToken.None));
        }

        begin.Set();
        await Task.WhenAll(work);

        const ComputeQueue teacher = ComputeQueue.Teacher, trainer = ComputeQueue.Trainer, evaluator = ComputeQueue.Evaluator;
        Assert.Equal([teacher, trainer, evaluator, teacher, trainer, teacher, trainer, teacher, teacher, teacher], order);
    }

    [Fact]
    public async Task Everything_runs_on_one_thread_with_the_thread_count_set()
    {
        using var compute = new ComputeThread(OneThread);

        var first = await compute.RunAsync(ComputeQueue.Teacher, () => (Environment.CurrentManagedThreadId, torch.get_num_threads()), CancellationToken.None);
        var second = await compute.RunAsync(ComputeQueue.Trainer, () => (Environment.CurrentManagedThreadId, torch.get_num_threads()), CancellationToken.None);

        Assert.Equal(first, second);
        Assert.Equal(1, first.Item2);
        Assert.NotEqual(Environment.CurrentManagedThreadId, first.CurrentManagedThreadId);
    }

    [Fact]
    public async Task A_thread_keeps_its_count_when_another_sets_its_own()
    {
        using var one = new ComputeThread(OneThread);
        using var two = new ComputeThread(new ComputeOptions { Threads = 2 });

        Assert.Equal(1, await one.RunAsync(ComputeQueue.Trainer, torch.get_num_threads, CancellationToken.None));
        Assert.Equal(2, await two.RunAsync(ComputeQueue.Trainer, torch.get_num_threads, CancellationToken.None));
    }

    [Fact]
    public async Task Failures_are_the_callers_and_the_thread_goes_on()
    {
        using var compute = new ComputeThread(OneThread);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => compute.RunAsync<int>(ComputeQueue.Trainer, () => throw new InvalidOperationException("planned"), CancellationToken.None));

        Assert.Equal(7, await compute.RunAsync(ComputeQueue.Trainer, () => 7, CancellationToken.None));
    }

    [Fact]
    public async Task A_cancelled_item_never_begins()
    {
        using var compute = new ComputeThread(OneThread);
        using var begin = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        var ran = false;
        var held = compute.RunAsync(ComputeQueue.Teacher, begin.Wait, CancellationToken.None);
        var cancelled = compute.RunAsync(ComputeQueue.Teacher, () => ran = true, cancellation.Token);

        await cancellation.CancelAsync();
        begin.Set();

        await held;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.False(ran);
    }

    [Fact]
    public async Task Disposal_drops_what_waits_and_refuses_what_comes()
    {
        var compute = new ComputeThread(OneThread);
        using var begin = new ManualResetEventSlim();
        using var began = new ManualResetEventSlim();
        var held = compute.RunAsync(
            ComputeQueue.Teacher,
            () =>
            {
                began.Set();
                begin.Wait();
            },
            CancellationToken.None);
        began.Wait();
        var waiting = compute.RunAsync(ComputeQueue.Teacher, () => { }, CancellationToken.None);

        var disposal = Task.Run(compute.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        begin.Set();

        await disposal;
        await held;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => compute.RunAsync(ComputeQueue.Teacher, () => { }, CancellationToken.None));
    }

    [Fact]
    public void The_fingerprint_names_what_is_mapped()
    {
        using var compute = new ComputeThread(OneThread);

        Assert.NotEmpty(compute.Environment.Torch);
        Assert.Equal("cpu", compute.Environment.Device);
        Assert.Equal(1, compute.Environment.Threads);
        Assert.True(compute.Environment.Reproducible);
        Assert.DoesNotContain("//", compute.Environment.Blas);
        Assert.NotEmpty(compute.Environment.Isa);
    }

    [Theory]
    [InlineData("cpu", 0)]
    [InlineData("gpu", 1)]
    [InlineData("cuda:x", 1)]
    public void Impossible_options_are_refused(string device, int threads)
    {
        var refusal = Assert.Throws<RefluxException>(() => new ComputeThread(new ComputeOptions { Device = device, Threads = threads }));

        Assert.Equal(ErrorCodes.OptionOutOfRange, refusal.Code);
    }
}
