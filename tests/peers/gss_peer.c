/* One end of an NTLM or SPNEGO exchange, played by MIT's GSS-API with gss-ntlmssp.
 *
 * gss_peer ntlm|negotiate client|server [seal] [USER PASSWORD]
 *
 * Lines in and out as in pyspnego_peer.py. SPNEGO is restricted to NTLM. The server takes its users from
 * NTLM_USER_FILE.
 */

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gss_OID_desc spnego_oid = {6, "\x2b\x06\x01\x05\x05\x02"};
static gss_OID_desc ntlm_oid = {10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void print_base64(const char *word, gss_buffer_t octets)
{
    const unsigned char *in = octets->value;
    printf("%s ", word);
    for (size_t i = 0; i < octets->length; i += 3) {
        size_t left = octets->length - i;
        unsigned bits = in[i] << 16 | (left > 1 ? in[i + 1] << 8 : 0) | (left > 2 ? in[i + 2] : 0);
        putchar(alphabet[bits >> 18 & 63]);
        putchar(alphabet[bits >> 12 & 63]);
        putchar(left > 1 ? alphabet[bits >> 6 & 63] : '=');
        putchar(left > 2 ? alphabet[bits & 63] : '=');
    }
    putchar('\n');
}

static void read_base64(const char *text, gss_buffer_t octets)
{
    unsigned char *out = malloc(strlen(text) + 1);
    unsigned bits = 0, count = 0;
    octets->value = out;
    octets->length = 0;
    for (const char *c; *text && (c = strchr(alphabet, *text)); text++) {
        bits = bits << 6 | (unsigned)(c - alphabet);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[octets->length++] = bits >> count & 255;
        }
    }
}

static void print_status(OM_uint32 status, int type)
{
    OM_uint32 minor, more = 0;
    gss_buffer_desc text;
    do {
        if (gss_display_status(&minor, status, type, &ntlm_oid, &more, &text) != GSS_S_COMPLETE)
            return;
        printf(" %.*s;", (int)text.length, (char *)text.value);
        gss_release_buffer(&minor, &text);
    } while (more);
}

static void fail(const char *what, OM_uint32 major, OM_uint32 minor)
{
    printf("fail %s:", what);
    print_status(major, GSS_C_GSS_CODE);
    print_status(minor, GSS_C_MECH_CODE);
    putchar('\n');
}

static void need(const char *what, OM_uint32 major, OM_uint32 minor)
{
    if (GSS_ERROR(major)) {
        fail(what, major, minor);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 3)
        return 2;
    gss_OID mech = strcmp(argv[1], "ntlm") ? &spnego_oid : &ntlm_oid;
    gss_OID_set_desc mechs = {1, mech}, inner = {1, &ntlm_oid};
    int client = !strcmp(argv[2], "client");
    int seal = argc > 3 && !strcmp(argv[3], "seal");
    OM_uint32 flags = GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | (seal ? GSS_C_CONF_FLAG : 0);
    OM_uint32 major, minor, ignored;
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    gss_name_t target = GSS_C_NO_NAME, source = GSS_C_NO_NAME;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;

    if (client) {
        /* gss-ntlmssp reads on behind the password until a NUL: argv has one. */
        gss_buffer_desc user = {strlen(argv[3 + seal]), argv[3 + seal]};
        gss_buffer_desc password = {strlen(argv[4 + seal]), argv[4 + seal]};
        gss_buffer_desc service = {23, "smtp@server.contoso.com"};
        gss_name_t name;
        major = gss_import_name(&minor, &user, GSS_C_NT_USER_NAME, &name);
        need("user", major, minor);
        major = gss_import_name(&minor, &service, GSS_C_NT_HOSTBASED_SERVICE, &target);
        need("service", major, minor);
        major = gss_acquire_cred_with_password(&minor, name, &password, 0, &mechs, GSS_C_INITIATE, &cred, NULL, NULL);
    } else {
        major = gss_acquire_cred(&minor, GSS_C_NO_NAME, 0, &mechs, GSS_C_ACCEPT, &cred, NULL, NULL);
    }
    need("credential", major, minor);
    if (mech == &spnego_oid) {
        major = gss_set_neg_mechs(&minor, cred, &inner);
        need("mechanisms", major, minor);
    }

    static char line[1 << 16];
    while (fgets(line, sizeof line, stdin)) {
        gss_buffer_desc in, out = GSS_C_EMPTY_BUFFER;
        char *text = strchr(line, ' ');
        read_base64(text ? text + 1 : "", &in);
        if (!strncmp(line, "step", 4)) {
            if (client)
                major = gss_init_sec_context(&minor, cred, &context, target, mech, flags, 0, GSS_C_NO_CHANNEL_BINDINGS,
                                             in.length ? &in : GSS_C_NO_BUFFER, NULL, &out, NULL, NULL);
            else
                major = gss_accept_sec_context(&minor, &context, cred, &in, GSS_C_NO_CHANNEL_BINDINGS, &source, NULL,
                                               &out, NULL, NULL, NULL);
            if (GSS_ERROR(major))
                fail("step", major, minor);
            else
                print_base64(major & GSS_S_CONTINUE_NEEDED ? "token" : "done", &out);
        } else if (!strncmp(line, "wrap", 4)) {
            major = gss_wrap(&minor, context, 0, GSS_C_QOP_DEFAULT, &in, NULL, &out);
            GSS_ERROR(major) ? fail("wrap", major, minor) : print_base64("data", &out);
        } else if (!strncmp(line, "unwrap", 6)) {
            major = gss_unwrap(&minor, context, &in, &out, NULL, NULL);
            GSS_ERROR(major) ? fail("unwrap", major, minor) : print_base64("data", &out);
        } else if (source != GSS_C_NO_NAME) {
            major = gss_display_name(&minor, source, &out, NULL);
            printf("name %s\n", GSS_ERROR(major) ? "" : (char *)out.value); /* The length counts a NUL. */
        } else {
            puts("name ");
        }
        gss_release_buffer(&ignored, &out);
        free(in.value);
    }
    return 0;
}
