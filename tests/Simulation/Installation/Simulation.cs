using System.Globalization;
using Reflux.Distillation.Training;
using Reflux.Streaming;

namespace Reflux.Simulation.Tests.Installation;

/// <summary>One seed's run of a whole installation: traffic with faults, quiet, an end in order, the final check.</summary>
internal static class Simulation
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public static Outcome Run(int seed, Bug bug = Bug.None)
    {
        var world = new World(seed, bug, silos: 3);
        var clients = new Clients(world);
        var nemesis = new Nemesis(world);
        string? violation = null;
        try
        {
            clients.Start();
            nemesis.Plan();
            world.Simulator.RunUntil(() => world.Simulator.Now >= Nemesis.Over, Limit);
            nemesis.Rest();
            clients.KeepResuming();
            RunUntil(world, () => clients.AreDone && IsQuiet(world));
            StopAll(world);
            new FinalCheck(world, clients).Run();
        }
        catch (Exception failure) when (failure is Violation or TimeoutException or InvalidOperationException)
        {
            var cause = failure.InnerException as Violation ?? failure;
            violation = $"{cause.GetType().Name}: {cause.Message}";
        }

        return new Outcome(seed, violation, world.Simulator.Trace.Hash, world.Simulator.Turns, [.. world.Simulator.Trace.Newest], world.Faults, world.Disk.Newest?.Document.Step ?? 0, clients.Accepted.Count);
    }

    /// <summary>Looks ten times a second.</summary>
    private static void RunUntil(World world, Func<bool> done)
    {
        var reached = false;
        Look();
        world.Simulator.RunUntil(() => reached, Limit);

        void Look()
        {
            reached = done();
            if (!reached)
            {
                world.Simulator.After(TimeSpan.FromMilliseconds(100), Look);
            }
        }
    }

    /// <summary>Every prompt is labelled and committed, and a trainer has read the whole log.</summary>
    private static bool IsQuiet(World world)
    {
        var teachers = world.Log.Group(Topics.Prompts, ConsumerGroups.Teachers);
        for (var partition = 0; partition < world.Log.Partitions(Topics.Prompts); partition++)
        {
            if (teachers.Committed(partition) < world.Log.Records(Topics.Prompts, partition).Count)
            {
                return false;
            }
        }

        return world.Silos.Any(silo => silo.Process.IsAlive
            && silo.Trainer is { State: TrainerState.Running, Progress: { } progress }
            && progress.Next.Offset == world.Log.Records(Topics.Labels, progress.Next.Log.Partition).Count);
    }

    private static void StopAll(World world)
    {
        foreach (var silo in world.Silos)
        {
            silo.Stop();
        }

        RunUntil(world, () => world.Silos.All(silo => silo.HasLeft));
    }

    /// <summary>What became of a seed.</summary>
    internal sealed record Outcome(
        int Seed, string? Violation, ulong Hash, long Turns, IReadOnlyList<string> Events, IReadOnlyDictionary<string, int> Faults, long Steps, int Accepted)
    {
        /// <summary>The violation with what led to it.</summary>
        public string Report => string.Create(
            CultureInfo.InvariantCulture,
            $"seed {Seed}: {Violation ?? "nothing wrong"}\n{string.Join('\n', Events)}\nrun it again: REFLUX_SIMULATION_SEED={Seed} ./reflux test --filter FullyQualifiedName~Simulation");
    }
}
