namespace Orleans;

/// <summary>Checks configuration before a silo starts.</summary>
public interface IConfigurationValidator
{
    /// <summary>Throws where the configuration is wrong.</summary>
    void ValidateConfiguration();
}
