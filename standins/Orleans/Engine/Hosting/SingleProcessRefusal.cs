using Orleans.Hosting;

namespace Orleans.Engine;

/// <summary>Accepts a feature at configuration and refuses it when the silo starts, so that the error reaches whoever starts it.</summary>
internal sealed class SingleProcessRefusal(string feature) : IConfigurationValidator
{
    public void ValidateConfiguration() => throw new SingleProcessException(feature);
}

internal static class SingleProcessRefusalExtensions
{
    public static ISiloBuilder Refuse(this ISiloBuilder builder, string feature)
    {
        builder.Services.AddSingleton<IConfigurationValidator>(new SingleProcessRefusal(feature));
        return builder;
    }
}
