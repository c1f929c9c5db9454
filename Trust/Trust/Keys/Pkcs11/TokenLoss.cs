using Net.Pkcs11Interop.Common;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>Which answers of a token mean that it was away: those are worth one more try after signing in anew.</summary>
internal static class TokenLoss
{
    /// <summary>Our session or sign-in is gone; the library still works.</summary>
    public static bool OfSession(CKR answer) => answer is CKR.CKR_SESSION_HANDLE_INVALID or CKR.CKR_SESSION_CLOSED or CKR.CKR_USER_NOT_LOGGED_IN;

    /// <summary>Any loss. Some libraries answer a removed token with a general error, so that counts too; object handles die with the token that they were found on.</summary>
    public static bool Is(CKR answer) => OfSession(answer) || answer is CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_TOKEN_NOT_RECOGNIZED or CKR.CKR_DEVICE_REMOVED
        or CKR.CKR_DEVICE_ERROR or CKR.CKR_SLOT_ID_INVALID or CKR.CKR_CRYPTOKI_NOT_INITIALIZED or CKR.CKR_KEY_HANDLE_INVALID or CKR.CKR_OBJECT_HANDLE_INVALID
        or CKR.CKR_GENERAL_ERROR or CKR.CKR_FUNCTION_FAILED;

    public static bool OfPin(CKR answer) => answer is CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE or CKR.CKR_PIN_LOCKED or CKR.CKR_PIN_EXPIRED;
}
