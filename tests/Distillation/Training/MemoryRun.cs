using System.Runtime.InteropServices;
using Reflux.Contracts.Definitions;
using Reflux.Distillation.Training;
using Reflux.Models;
using Reflux.Models.Decoders;
using Reflux.Models.Generation;
using TorchSharp;
using static TorchSharp.torch;

namespace Reflux.Distillation.Tests.Training;

/// <summary>Trains or generates a thousand times and says what native memory was in use after a hundred and at the end. For a process of its own.</summary>
internal static class MemoryRun
{
    public const string Training = "train";
    public const string Generation = "generate";
    public const string Leaking = "leak";

    private const int Early = 100;
    private const int Late = 1000;

    // the runtime compiles, and takes and returns a few megabytes of its own meanwhile
    private const int WarmUp = 1500;
    private const int Vocabulary = 64;

    private static readonly ModelConfig Config = new()
    {
        Family = ModelFamily.Qwen2,
        QueryKeyValueBias = true,
        SlidingWindow = 6,
        HiddenSize = 32,
        IntermediateSize = 48,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadDim = 8,
        VocabularySize = Vocabulary,
        MaxPositions = 32,
    };

    /// <summary>The bytes in use and the tensors alive after 100 and after 1,000 rounds, once the runtime has settled.</summary>
    public static (ulong Bytes, long Tensors)[] Run(string what)
    {
        set_num_threads(1);
        using StudentLearner learner = new(CausalDecoder.CreateFresh(Config, 1, CPU), new TrainingSpec { RowTokens = 32 }, 1);
        List<Tensor> leaked = [];
        List<(ulong, long)> seen = [];
        for (int round = 1 - WarmUp; round <= Late; round++)
        {
            switch (what)
            {
                case Training:
                    learner.Train([.. Enumerable.Range(0, 3).Select(i => LabelledSequences.At(((round + WarmUp) * 3) + i, vocabulary: Vocabulary))]);
                    break;
                case Generation:
                    int[][] prompts = [.. Enumerable.Range(0, 3).Select(i => Enumerable.Range(1, 1 + ((round + WarmUp + i) % 5)).ToArray())];
                    TextGenerator.Generate(learner.Decoder, prompts, 6, [(round + WarmUp) % Vocabulary], TextGenerator.Greedy, CancellationToken.None);
                    break;
                case Leaking:
                    leaked.Add(zeros(512));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(what), what, "train, generate or leak");
            }

            if (round is Early or Late)
            {
                Settle();
                seen.Add((InUse(), Tensor.TotalCount));
            }
        }

        GC.KeepAlive(leaked);
        return [.. seen];
    }

    /// <summary>Some of what the runtime no longer needs it gives back only after several collections.</summary>
    private static void Settle()
    {
        for (int i = 0; i < 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Bytes that malloc has given out, mapped blocks included.</summary>
    private static ulong InUse()
    {
        AllocatorState state = ReadAllocator();
        return state.InUse + state.Mapped;
    }

    [DllImport("libc", EntryPoint = "mallinfo2")]
    private static extern AllocatorState ReadAllocator();

    /// <summary>glibc's <c>struct mallinfo2</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct AllocatorState
    {
        private readonly nuint _arena;
        private readonly nuint _freeChunks;
        private readonly nuint _fastChunks;
        private readonly nuint _mappedBlocks;
        private readonly nuint _mapped;
        private readonly nuint _unused;
        private readonly nuint _fastBytes;
        private readonly nuint _inUse;
        private readonly nuint _free;
        private readonly nuint _keepCost;

        public ulong Mapped => _mapped;

        public ulong InUse => _inUse;
    }
}
