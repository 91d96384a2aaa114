namespace Reflux.Cli.Chaos;

/// <summary>
/// The faults of a run: the same for the same seed, length and kinds. Kills and stops fill slots of <see cref="Slot"/>, so that there is work between them; everything else falls
/// anywhere.
/// </summary>
internal static class NemesisPlan
{
    /// <summary>Seconds. A silo that is alone on the machine trains again within it.</summary>
    private const double Slot = 4;

    // the first faults meet some checkpoints and labels, the last ones some traffic
    private const double Margin = 6;

    /// <summary>The kinds of fault that a run has: all but those that its broker or its machine don't allow.</summary>
    public static IEnumerable<NemesisKind> Kinds(bool smallDisk, bool durable) =>
        Enum.GetValues<NemesisKind>().Where(kind => (smallDisk || kind != NemesisKind.FullDisk) && (durable || kind != NemesisKind.BrokerKill));

    /// <summary>Each of the <see cref="Kinds"/> at least once.</summary>
    /// <param name="seed">Decides order, times and targets.</param>
    /// <param name="seconds">Length of the traffic, at least 60.</param>
    /// <param name="smallDisk">Whether a disk can be filled here.</param>
    /// <param name="durable">Whether the broker may be killed: what it acknowledged outlives it.</param>
    public static IReadOnlyList<NemesisEvent> Of(ulong seed, double seconds, bool smallDisk, bool durable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 60);
        var random = new Random((int)(seed ^ (seed >> 32)));
        List<NemesisEvent> plan = [.. Disruptions(random, seconds, durable), .. Minor(random, seconds, smallDisk)];
        return [.. plan.OrderBy(fault => fault.At)];
    }

    /// <summary>Kills of any process but a memory broker, stops of any, torn checkpoints, a zombie.</summary>
    private static IEnumerable<NemesisEvent> Disruptions(Random random, double seconds, bool durable)
    {
        var stops = seconds >= 110 ? 3 : seconds >= 80 ? 2 : 1;
        var torn = seconds >= 110 ? 2 : 1;
        var brokerKills = !durable ? 0 : seconds >= 110 ? 2 : 1;
        var slots = (int)((seconds - (2 * Margin)) / Slot);
        string[] killed = [ChaosProcesses.Silo, ChaosProcesses.FirstTeacher, ChaosProcesses.SecondTeacher];
        string[] stopped = [killed[1 + random.Next(2)], ChaosProcesses.Silo, ChaosProcesses.Broker];
        List<(NemesisKind Kind, string? Target)> faults =
        [
            .. stopped.Take(stops).Select(target => (NemesisKind.Stop, (string?)target)),
            .. Enumerable.Repeat((NemesisKind.BrokerKill, (string?)ChaosProcesses.Broker), brokerKills),
            .. Enumerable.Range(0, slots - SlotsOf(NemesisKind.ZombieTrainer) - (stops * SlotsOf(NemesisKind.Stop)) - (brokerKills * SlotsOf(NemesisKind.BrokerKill)) - torn).Select(i => (NemesisKind.Kill, (string?)killed[(i + brokerKills) % killed.Length])),
        ];
        random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(faults));

        // early: its successor needs traffic to have something to publish. The torn ones later: there have to be checkpoints to tear
        faults.Insert(random.Next(1, faults.Count / 2), (NemesisKind.ZombieTrainer, ChaosProcesses.Silo));
        for (var i = 0; i < torn; i++)
        {
            faults.Insert(random.Next(faults.Count / 2, faults.Count + 1), (NemesisKind.TornCheckpoint, ChaosProcesses.Silo));
        }

        var at = Margin;
        foreach (var (kind, target) in faults)
        {
            yield return new NemesisEvent(TimeSpan.FromSeconds(at + (random.NextDouble() * Slot / 3)), kind, target);
            at += SlotsOf(kind) * Slot;
        }
    }

    private static int SlotsOf(NemesisKind kind) => kind switch
    {
        NemesisKind.Stop or NemesisKind.BrokerKill => 2,
        NemesisKind.ZombieTrainer => 5,
        _ => 1,
    };

    private static IEnumerable<NemesisEvent> Minor(Random random, double seconds, bool smallDisk)
    {
        List<NemesisKind> kinds = [NemesisKind.SecondSilo];
        if (smallDisk)
        {
            kinds.Add(NemesisKind.FullDisk);
        }

        for (var i = 0; i < seconds / 30; i++)
        {
            kinds.AddRange([NemesisKind.Duplicates, NemesisKind.GarbageRecord, NemesisKind.FlippedByte, NemesisKind.ForeignTokenizer]);
        }

        return kinds.Select(kind => new NemesisEvent(TimeSpan.FromSeconds((2 * Margin) + (random.NextDouble() * (seconds - (3 * Margin)))), kind));
    }
}
