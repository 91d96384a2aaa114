using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime;

namespace Orleans.Engine.Simulation;

/// <summary>
/// Several silos in one simulated world: calls and answers take their time or are lost, silos die with what runs in them, and while the membership is split
/// each side has a directory of its own, so that a grain can be active twice.
/// </summary>
internal sealed class SimulatedCluster(Simulator simulator, IWeather weather)
{
    private static readonly ApplicationParts Parts = ApplicationParts.Loaded;
    private static readonly GrainTypeMap Types = new(Parts);
    private static readonly DeepCopier Copier = new(Parts);

    private readonly List<Member> _members = [];
    private readonly Dictionary<(int Side, GrainId Grain), Member> _directory = [];

    /// <summary>Starts a silo in a process.</summary>
    public IServiceProvider Add(SimulatedProcess process, Action<IServiceCollection> configure)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Parts);
        services.AddSingleton(Types);
        services.AddSingleton(Copier);
        services.AddSingleton(process.Clock);
        services.AddSingleton<ITurnDispatcher>(process);
        services.AddSingleton<INetwork>(new SimulatedNetwork(this, process, Types));
        configure(services);
        EngineServices.AddSilo(services, new ConfigurationManager());
        services.RemoveAll<Microsoft.Extensions.Hosting.IHostedService>();
        var provider = services.BuildServiceProvider();
        var silo = provider.GetRequiredService<Silo>();
        _ = silo.OpenAsync(CancellationToken.None);
        _members.Add(new Member(process, silo));
        return provider;
    }

    /// <summary>Kills a silo. The others notice after a while; calls that it had are refused then, or never answered.</summary>
    public void Crash(SimulatedProcess process, TimeSpan noticed)
    {
        process.Kill();
        simulator.After(noticed, () => Forget(MemberOf(process)));
    }

    /// <summary>Splits the membership: silos of different sides hold each other for dead.</summary>
    public void Split(Func<SimulatedProcess, int> side)
    {
        foreach (var member in _members)
        {
            member.Side = side(member.Process);
        }

        foreach (var ((_, grain), home) in _directory.ToList())
        {
            _directory.Remove((0, grain));
            _directory[(home.Side, grain)] = home;
        }
    }

    /// <summary>Joins the sides again. Of two activations of a grain one has to go.</summary>
    public void Heal()
    {
        var known = _directory.OrderBy(entry => entry.Key.Side).ToList();
        _directory.Clear();
        _members.ForEach(member => member.Side = 0);
        foreach (var ((_, grain), home) in known)
        {
            if (!_directory.TryAdd((0, grain), home) && _directory[(0, grain)] != home)
            {
                simulator.After(weather.Latency(), () => Retire(home, grain), home.Process);
            }
        }
    }

    internal Silo Locate(SimulatedProcess caller, GrainId target)
    {
        var side = MemberOf(caller).Side;
        if (!_directory.TryGetValue((side, target), out var home))
        {
            var candidates = _members.Where(member => member.Side == side && !member.Forgotten).ToList();
            home = candidates[simulator.Random.Next(candidates.Count)];
            _directory.Add((side, target), home);
        }

        return home.Silo;
    }

    internal void Carry(SimulatedProcess caller, Silo destination, GrainId target, GrainCall call)
    {
        var home = MemberOf(destination);
        if (home.Forgotten)
        {
            simulator.After(weather.Latency(), () => call.Refuse(Unavailable()), caller);
            return;
        }

        home.Calls.Add((caller, call));
        if (!weather.Loses() && MemberOf(caller).Side == home.Side)
        {
            simulator.After(weather.Latency(), () => destination.Catalog.Deliver(target, call), home.Process);
        }
    }

    internal void Return(Silo from, SimulatedProcess caller, GrainCall call, Action settle)
    {
        var home = MemberOf(from);
        home.Calls.RemoveAll(open => open.Call == call);
        if (!weather.Loses() && MemberOf(caller).Side == home.Side)
        {
            simulator.After(weather.Latency(), settle, caller);
        }
    }

    private static SiloUnavailableException Unavailable() => new("The silo has died: the outcome of the call is unknown.");

    private static void Retire(Member home, GrainId grain) => home.Silo.Catalog.Find(grain)?.Deactivate(
        new DeactivationReason(DeactivationReasonCode.DuplicateActivation, "The grain is active elsewhere."));

    private void Forget(Member dead)
    {
        dead.Forgotten = true;
        foreach (var (key, _) in _directory.Where(entry => entry.Value == dead).ToList())
        {
            _directory.Remove(key);
        }

        foreach (var (caller, call) in dead.Calls)
        {
            simulator.After(weather.Latency(), () => call.Refuse(Unavailable()), caller);
        }

        dead.Calls.Clear();
    }

    private Member MemberOf(SimulatedProcess process) => _members.First(member => member.Process == process);

    private Member MemberOf(Silo silo) => _members.First(member => member.Silo == silo);

    private sealed class Member(SimulatedProcess process, Silo silo)
    {
        public SimulatedProcess Process => process;

        public Silo Silo => silo;

        public int Side { get; set; }

        public bool Forgotten { get; set; }

        public List<(SimulatedProcess Caller, GrainCall Call)> Calls { get; } = [];
    }
}
