namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Hashes of one password, made by other implementations: hash-wasm (bcrypt, Argon2id) and Python's hashlib (PBKDF2). Costs are low so that tests are quick.</summary>
internal static class ForeignHashes
{
    public const string Password = "Lantern-orbit-47-Quill";
    public const string Bcrypt = "$2a$04$.umPE/6kJRO5OijOTz3jZ.Qcr2EVZCGcjtclJd5gqpbYL2ZobNtly";
    public const string Argon2id = "$argon2id$v=19$m=1024,t=2,p=1$AwoRGB8mLTQ7QklQV15lbA$RXG31/LVw9a6UZmL096/3NypprZS0zJ4UaKXSnUqC5I";
    public const string Pbkdf2Sha256 = "$pbkdf2-sha256$29000$AQYLEBUaHyQpLjM4PUJHTA$qKAcC7wNOYE.bQvngw3TGZskHRN7cZ2Nyz3lFu7boGA";
    public const string Pbkdf2Sha512 = "$pbkdf2-sha512$29000$AQYLEBUaHyQpLjM4PUJHTA$VNukALVRmvnG0X9tOAIv6PpyOt/SMl2x292pZtmq7nqlfAg1gWR3enKEzaS2AeBsBnCg7wydszD1Bq9F8.yh4Q";
}
