using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>The calling side of grain calls: makes references and sends their calls to the silo.</summary>
internal sealed class GrainCaller(INetwork network, MessagingOptions options, TimeProvider clock)
{
    private static readonly Task<object?> Nothing = Task.FromResult<object?>(null);

    public GrainTypeMap Types => network.Types;

    public INetwork Network => network;

    public object Reference(GrainId grainId, Type interfaceType) =>
        ReferenceEmitter.Factory(interfaceType)(this, grainId);

    /// <summary>Sends a call. Arguments are copied before this returns, so the caller may change them afterwards.</summary>
    /// <exception cref="OperationCanceledException">It is cancelled already: thrown here, as the official runtime does, not by the task.</exception>
    /// <exception cref="Orleans.Serialization.CodecNotFoundException">An argument's type can't be copied.</exception>
    public Task<object?> Send(GrainId target, InterfaceMethod method, object?[] arguments)
    {
        var destination = network.Locate(target);
        if (destination.Refusal(ActivationScheduler.IsCurrent) is { } refusal)
        {
            return Task.FromException<object?>(refusal);
        }

        var cancellation = method.CancellationOf(arguments);
        cancellation.ThrowIfCancellationRequested();
        var call = new GrainCall(this, destination, target, method, method.Copy(destination, arguments), options);
        if (method.OneWay)
        {
            network.Carry(destination, target, call);
            return Nothing;
        }

        call.Await(method.ResponseTimeout ?? options.ResponseTimeout, clock, cancellation);
        network.Carry(destination, target, call);
        return call.Response;
    }
}
