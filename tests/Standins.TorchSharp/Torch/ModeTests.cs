using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Torch;

public sealed class ModeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Recording_is_switched_off_and_on_by_scopes()
    {
        Tensor x = ones(1, requires_grad: true);
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
            {
                Assert.True((x * 2).requires_grad);
            }

            Assert.False(is_grad_enabled());
        }

        using (set_grad_enabled(false))
        {
            Assert.False(is_grad_enabled());
        }

        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void What_inference_mode_makes_takes_no_part_in_gradients()
    {
        Tensor x = ones(1, requires_grad: true), made;
        IDisposable mode = inference_mode();
        Assert.True(is_inference_mode_enabled());
        made = x * 2;
        mode.Dispose();
        mode.Dispose();

        Assert.False(is_inference_mode_enabled());
        Assert.False(made.requires_grad);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => (made * x).backward());
    }

    [Fact]
    public void Modes_belong_to_their_thread()
    {
        using IDisposable mode = no_grad();

        Assert.True(OnAnotherThread(is_grad_enabled));
    }

    [Fact]
    public void Thread_counts_belong_to_their_thread()
    {
        int here = get_num_threads();

        int there = OnAnotherThread(() =>
        {
            set_num_threads(here + 1);
            return get_num_threads();
        });

        Assert.Equal(here + 1, there);
        Assert.Equal(here, get_num_threads());
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        Tensor made = OnAnotherThread(() => CurrentDisposeScope is null ? ones(1) : empty(0));

        Assert.Equal(1, made.numel());
        Assert.False(_scope.Contains(made));
        made.Dispose();
    }

    private static T OnAnotherThread<T>(Func<T> work)
    {
        T result = default!;
        var thread = new Thread(() => result = work());
        thread.Start();
        thread.Join();
        return result;
    }
}
