using System.Runtime.CompilerServices;
using TorchSharp;

namespace Reflux.Standins.TorchSharp.Tests.Scopes;

public sealed class LifetimeTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Memory_comes_back_when_scopes_end()
    {
        AllocateInScopes(20);
        long before = ResidentBytes();

        AllocateInScopes(400);

        Assert.True(ResidentBytes() - before < 64 * Megabyte, "4 GB went through scopes, and more than 64 MB of them stayed");
    }

    [Fact]
    public void Memory_comes_back_when_graphs_end()
    {
        Train(5);
        long before = ResidentBytes();

        Train(100);

        Assert.True(ResidentBytes() - before < 32 * Megabyte, "100 graphs of about 1.5 MB each were built, and more than 32 MB of them stayed");
    }

    [Fact]
    public void Forgotten_tensors_are_returned_by_the_finalizer()
    {
        long before = ResidentBytes();
        for (int i = 0; i < 40; i++)
        {
            Forget();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(ResidentBytes() - before < 64 * Megabyte, "400 MB were forgotten, and more than 64 MB of them stayed");
    }

    [Fact]
    public void A_tensor_lives_while_its_elements_are_read()
    {
        var data = Accessor();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(1000, data.ToArray().Sum());
    }

    [Fact]
    public void Operands_may_be_collected_while_they_are_used()
    {
        double total = 0;
        using (var stop = new CancellationTokenSource())
        {
            var collector = new Thread(() =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect();
                }
            });
            collector.Start();
            for (int i = 0; i < 50; i++)
            {
                total += ones(64, 64).mm(ones(64, 64)).sum().item<float>();
            }

            stop.Cancel();
            collector.Join();
        }

        Assert.Equal(50.0 * 64 * 64 * 64, total);
    }

    private static void AllocateInScopes(int times)
    {
        for (int i = 0; i < times; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor tenMegabytes = ones(1280, 1024) + 1;
            Assert.Equal(2f, tenMegabytes.select(0, 0).select(0, 0).item<float>());
        }
    }

    private static void Train(int steps)
    {
        using Tensor weight = ones(16, 512, requires_grad: true);
        for (int i = 0; i < steps; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            ones(128, 16).matmul(weight).mul(0.01).exp().log().square().mean().backward();
            weight.grad!.zero_();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget() => ones(1280, 1024 * 2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static global::TorchSharp.Utils.TensorAccessor<float> Accessor() => ones(1000).data<float>();

    // the second figure of statm: pages in memory
    private static long ResidentBytes() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
