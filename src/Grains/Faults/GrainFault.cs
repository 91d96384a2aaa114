using Orleans.Runtime;
using Reflux.Contracts.Errors;

namespace Reflux.Grains.Faults;

/// <summary>A <see cref="RefluxException"/> in the form that crosses grain boundaries; the gateway turns it back.</summary>
[GenerateSerializer]
[Alias("Reflux.GrainFault")]
public sealed class GrainFault : Exception
{
    /// <summary>Creates a fault with one of <see cref="ErrorCodes"/>, what went wrong and what to do about it.</summary>
    public GrainFault(string code, string message, string remedy)
        : base(message)
    {
        Code = code;
        Remedy = remedy;
    }

    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    [Id(0)]
    public string Code { get; private set; }

    /// <summary>What the user can do about it.</summary>
    [Id(1)]
    public string Remedy { get; private set; }

    /// <summary>The same error, able to cross a grain boundary.</summary>
    public static GrainFault From(RefluxException error) => new(error.Code, error.Message, error.Remedy);

    /// <summary>The fault that a grain call ended with, if it is one; what a storage provider throws comes wrapped.</summary>
    public static GrainFault? In(Exception error) => error as GrainFault ?? (error as OrleansException)?.InnerException as GrainFault;

    /// <summary>The same error as everything outside the grains knows it.</summary>
    public RefluxException ToRefluxException() => new(Code, Message, Remedy, this);
}
